import { Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { api, type HouseNow } from "../api.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDone } from "./done.js";

type Group = HouseNow["doorGroups"][number];

/** Starts and ends lockdowns; what is started can be taken back at once. */
export function useLockdown() {
  const { strip } = useWords();
  const done = useDone();
  const groups = useLivePart((state) => state.house?.doorGroups);
  const nameOf = (doorGroup: string | null): string =>
    doorGroup === null ? strip.everyDoor : (groups?.find(({ id }) => id === doorGroup)?.name ?? doorGroup);
  return {
    nameOf,
    start: async (doorGroup: string | null) => {
      await api.startLockdown(doorGroup);
      done(strip.started(nameOf(doorGroup)), () => api.endLockdown(doorGroup));
    },
    end: async (doorGroup: string | null) => {
      await api.endLockdown(doorGroup);
      done(strip.ended(nameOf(doorGroup)), () => api.startLockdown(doorGroup));
    },
  };
}

/** Of one group: one press and one more. */
export function LockdownStart({ group }: { readonly group: Group }) {
  const { strip } = useWords();
  const { start } = useLockdown();
  const locked = useLivePart(
    (state) =>
      state.house?.lockdowns.some(({ doorGroup }) => doorGroup === null || doorGroup === group.id) ?? false,
  );
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        variant="light"
        color="red"
        size="md"
        disabled={locked}
        leftSection={<IconLock size={18} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {strip.lockdown}
      </Button>
      {asking && (
        <Confirm
          title={strip.startOf(group.name)}
          doLabel={strip.startOf(group.name)}
          onDo={() => start(group.id)}
          onClose={() => setAsking(false)}
        >
          {strip.lockdownHint}
        </Confirm>
      )}
    </>
  );
}

/** In the panel that is the question already: one press. */
export function LockdownChoices({ onDone }: { onDone(): void }) {
  const { strip } = useWords();
  const { start, nameOf } = useLockdown();
  const sayTrouble = useSayTrouble();
  const house = useLivePart((state) => state.house);
  const doors = useLivePart((state) => state.doors.size);
  const [busy, setBusy] = useState(false);
  if (!house) return null;
  const isLocked = (id: string | null) =>
    house.lockdowns.some(({ doorGroup }) => doorGroup === null || doorGroup === id);
  const go = async (doorGroup: string | null) => {
    setBusy(true);
    try {
      await start(doorGroup);
      onDone();
    } catch (error) {
      sayTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p className="soft">{strip.lockdownHint}</p>
      <Button
        color="red"
        size="lg"
        loading={busy}
        disabled={isLocked(null)}
        leftSection={<IconLock size={20} aria-hidden />}
        onClick={() => void go(null)}
        fullWidth
      >
        {isLocked(null) ? strip.lockdownAll : strip.startAll(doors)}
      </Button>
      {house.doorGroups.length === 0 ? (
        <p className="soft">{strip.noGroups}</p>
      ) : (
        <>
          <p>{strip.orOnly}</p>
          <div className="actions">
            {house.doorGroups.map(({ id, doors: members }) => (
              <Button
                key={id}
                variant="light"
                color="red"
                disabled={busy || isLocked(id)}
                onClick={() => void go(id)}
              >
                {strip.startGroup(nameOf(id), members.length)}
              </Button>
            ))}
          </div>
        </>
      )}
    </>
  );
}
