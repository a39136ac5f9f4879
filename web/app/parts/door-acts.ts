import { api, type Door, type GroupAnswer } from "../api.js";
import { useLivePart } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";
import { useDone } from "./done.js";
import type { Mode } from "./mode-form.js";

/** Puts a door's override back as it was. */
export function backTo({ id, mode, override }: Door): Promise<unknown> {
  if (override === null) return api.doorMode(id, undefined);
  const { until } = override;
  // One that has run out meanwhile would be refused; the door is at rest then anyway.
  if (until !== null && Date.parse(until) <= siteNow().getTime()) return api.doorMode(id, undefined);
  return api.doorMode(id, mode, until === null ? {} : { until });
}

interface DoorActs {
  setMode(door: Door, mode: Mode, until: string | undefined): Promise<void>;
  endMode(door: Door): Promise<void>;
  /** Everything of these doors that somebody set; each door goes back to what it was if it is taken back. */
  endAll(doors: readonly Door[]): Promise<void>;
  groupMode(
    group: { id: string; doors: readonly string[] },
    mode: Mode,
    until: string | undefined,
  ): Promise<void>;
  unlockGroup(group: { id: string }): Promise<void>;
}

/** What is done to doors, each with its way back. */
export function useDoorActs(): DoorActs {
  const { doorsPage } = useWords();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const time = useSiteTime();
  const doors = useLivePart((state) => state.doors);
  const refusedAt = (answer: GroupAnswer): string | undefined => {
    const no = answer.doors.filter((each) => !each.done);
    if (no.length === 0) return undefined;
    return doorsPage.groupRefused(
      no.map(({ door, message }) => `${doors.get(door)?.name ?? door} (${message ?? ""})`).join("; "),
    );
  };
  const told = (said: string, answer: GroupAnswer): string => {
    const no = refusedAt(answer);
    return no === undefined ? said : `${said}. ${no}`;
  };
  return {
    setMode: async (door, mode, until) => {
      await api.doorMode(door.id, mode, until === undefined ? {} : { until });
      const end = until === undefined ? "" : ` (${time.near(new Date(until), siteNow())})`;
      done(`${door.name}: ${doorsPage.modeNames[mode]}${end}`, () => backTo(door));
    },
    endMode: async (door) => {
      try {
        await api.doorMode(door.id, undefined);
        done(doorsPage.ended(door.name), () => backTo(door));
      } catch (error) {
        sayTrouble(error);
      }
    },
    endAll: async (changed) => {
      await api.endOverrides(changed.map(({ id }) => id));
      done(doorsPage.overridesEnded(changed.length), () => Promise.all(changed.map(backTo)));
    },
    groupMode: async ({ id, doors: members }, mode, until) => {
      const before = members.flatMap((member) => doors.get(member) ?? []);
      const answer = await api.groupMode(id, mode, until === undefined ? {} : { until });
      const set = answer.doors.filter((each) => each.done).map(({ door }) => door);
      done(told(doorsPage.groupSet(set.length, doorsPage.modeNames[mode]), answer), () =>
        Promise.all(before.filter((door) => set.includes(door.id)).map(backTo)),
      );
    },
    unlockGroup: async ({ id }) => {
      try {
        const answer = await api.unlockGroup(id);
        done(told(doorsPage.groupUnlocked(answer.doors.filter((each) => each.done).length), answer));
      } catch (error) {
        sayTrouble(error);
      }
    },
  };
}
