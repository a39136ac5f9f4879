import { Button, Modal } from "@mantine/core";
import { useId, useState } from "react";
import { type AlarmBoard, type ArmLevel, api, type PartitionNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble, Waiting } from "../parts/states.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";
import { useBoard } from "./board.js";
import { useAlarmNames } from "./names.js";

type Standing = AlarmBoard["partitions"][number]["standing"]["away"][number];

const levels = ["away", "home", "night", "custom"] as const satisfies ArmLevel[];
/** Whoever arms so stays inside: there is no time to leave. */
const staysInside = (level: ArmLevel): boolean => level === "home" || level === "night";

/** At which level; what is not quiet then, by name; and, before one goes on, what would be left out. */
export function ArmDialog({
  partition: { id, name, members = [] },
  onClose,
}: {
  readonly partition: PartitionNow;
  onClose(): void;
}) {
  const { app, arming } = useWords();
  const names = useAlarmNames();
  const done = useDone();
  const group = useId();
  const board = useBoard();
  const { busy, error, act, forget } = useActing();
  const [level, setLevel] = useState<ArmLevel>("away");
  const own = board.data?.partitions.find((each) => each.id === id);
  const exitS = staysInside(level) ? 0 : (own?.exitS ?? 0);
  const standing = own?.standing[level] ?? [];
  const settles = standing.filter((each) => each.settles && exitS > 0);
  const blocks = standing.filter((each) => !settles.includes(each));
  const stuck = blocks.some(({ mustCount }) => mustCount);
  const live = useLivePart((state) => state.partitions);
  const arm = () =>
    act(async () => {
      await api.arm(id, {
        level,
        ...(blocks.length > 0 ? { leaveOut: true } : {}),
        ...(exitS === 0 ? { atOnce: true } : {}),
      });
      const said = exitS > 0 ? arming.isArming(name, exitS) : arming.isArmed(name);
      const out =
        blocks.length > 0 ? `. ${arming.withLeftOut(blocks.map((each) => each.name).join(", "))}` : "";
      done(`${said}${out}`, () => api.disarm(id));
      onClose();
    });
  return (
    <Modal opened onClose={onClose} title={arming.armOf(name)} closeButtonProps={{ "aria-label": app.close }}>
      <div className="stack">
        {members.length > 0 && (
          <p className="soft">
            {arming.members(members.map((each) => live.get(each)?.name ?? names.partition(each)).join(", "))}
          </p>
        )}
        <fieldset className="picks-field">
          <legend>{arming.how}</legend>
          <div className="mode-choices">
            {levels.map((each) => (
              <label key={each} className="mode-choice">
                <input
                  type="radio"
                  name={group}
                  checked={level === each}
                  onChange={() => {
                    setLevel(each);
                    forget();
                  }}
                />
                <span>
                  {arming.levels[each]} <small>{arming.levelHints[each]}</small>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        {board.isPending && <Waiting />}
        {board.isError && <Trouble error={board.error} onRetry={() => void board.refetch()} />}
        {own && (
          <div className="stack" aria-live="polite">
            {standing.length === 0 && <p>{arming.all}</p>}
            {blocks.length > 0 && <StandingList title={arming.blocks} zones={blocks} tone="warning" />}
            {settles.length > 0 && <StandingList title={arming.settles} zones={settles} tone="rest" />}
            {stuck && <p className="form-fault">{arming.cannot}</p>}
            {blocks.length > 0 && !stuck && <p className="soft">{arming.forceHint}</p>}
            <p className="soft">{exitS > 0 ? arming.leave(exitS) : arming.atOnce}</p>
          </div>
        )}
        {error !== undefined && <Trouble error={error} />}
        <div className="actions form-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button
            {...(blocks.length > 0 ? { color: "red" } : {})}
            loading={busy}
            disabled={!own || stuck}
            onClick={() => void arm()}
          >
            {blocks.length > 0 ? arming.force(blocks.length) : arming.armNow(arming.levels[level])}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function StandingList({
  title,
  zones,
  tone,
}: {
  readonly title: string;
  readonly zones: readonly Standing[];
  readonly tone: "warning" | "rest";
}) {
  const { arming } = useWords();
  return (
    <div className="standing" data-tone={tone}>
      <p>{title}</p>
      <ul>
        {zones.map(({ zone, name, why, mustCount }) => (
          <li key={zone}>
            <strong>{name}</strong> {arming.whys[why]}
            {mustCount && `, ${arming.mustCount}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
