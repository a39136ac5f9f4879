import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { api } from "../api.js";
import { useLivePart, useMay } from "../session.js";
import { useWords, type Words } from "../words/words.js";
import { useActing } from "./acting.js";
import { useDone } from "./done.js";
import { LockdownChoices } from "./lockdown.js";
import { HelpLink, Trouble } from "./states.js";

/** Lockdown and threat level: opened by one tap, and done by the next. */
export function SecurityPanel({ onClose }: { onClose(): void }) {
  const { app, pages, strip } = useWords();
  const may = useMay();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={strip.controlTitle}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <div className="stack">
        {may("lockdown.start") && (
          <section className="stack" aria-labelledby="panel-lockdown">
            <h2 id="panel-lockdown">{strip.lockdown}</h2>
            <LockdownChoices onDone={onClose} />
          </section>
        )}
        {may("threat.set") && <Levels onDone={onClose} />}
        <p>
          <HelpLink page="security-strip">{pages.help}</HelpLink>
        </p>
      </div>
    </Modal>
  );
}

function Levels({ onDone }: { onDone(): void }) {
  const words = useWords();
  const { strip } = words;
  const done = useDone();
  const house = useLivePart((state) => state.house);
  const plan = useLivePart((state) => state.plan);
  const doors = useLivePart((state) => state.doors);
  const { busy, error, act } = useActing();
  const [asked, setAsked] = useState<string>();
  const now = house?.threat?.level;
  const set = (level: { id: string; name: string }) =>
    act(async () => {
      setAsked(level.id);
      await api.setThreat(level.id);
      done(strip.levelSet(level.name), now === undefined ? undefined : () => api.setThreat(now));
      onDone();
    });
  return (
    <section className="stack" aria-labelledby="panel-level">
      <h2 id="panel-level">{strip.level}</h2>
      {!house || house.levels.length === 0 ? (
        <p className="soft">{strip.noLevels}</p>
      ) : (
        <>
          <p className="soft">{strip.levelHint}</p>
          <ul className="list levels">
            {house.levels.map((level, n) => (
              <li key={level.id} data-now={level.id === now}>
                <div className="list-main">
                  <strong>{level.name}</strong>
                  {levelWords(
                    plan?.levels.find(({ id }) => id === level.id),
                    n,
                    words,
                    (id) => doors.get(id)?.name ?? id,
                    doors.size,
                  ).map((line) => (
                    <small key={line}>{line}</small>
                  ))}
                </div>
                {level.id === now ? (
                  <span className="tag" data-tone="good">
                    {strip.levelNow}
                  </span>
                ) : (
                  <Button
                    variant="default"
                    loading={busy && asked === level.id}
                    disabled={busy}
                    onClick={() => void set(level)}
                  >
                    {strip.set(level.name)}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {error !== undefined && <Trouble error={error} />}
    </section>
  );
}

const mostNamed = 4;

interface Level {
  readonly modes: readonly {
    readonly mode: keyof Words["doorsPage"]["modeNames"];
    readonly doors: readonly string[];
  }[];
  readonly deny: readonly string[];
  readonly only: readonly string[] | null;
}

/** What a level changes, in words. */
export function levelWords(
  level: Level | undefined,
  place: number,
  { strip, doorsPage }: Words,
  doorName: (id: string) => string,
  doorsInAll: number,
): string[] {
  if (!level) return [];
  const named = (doors: readonly string[]) =>
    doors.length === doorsInAll
      ? strip.changes.all
      : doors.length <= mostNamed
        ? doors.map(doorName).join(", ")
        : strip.changes.some(doors.length);
  const lines = [
    ...level.modes.map(({ mode, doors }) => strip.changes.doors(named(doors), doorsPage.modeNames[mode])),
    ...(level.deny.length > 0 ? [strip.changes.deny(level.deny.join(", "))] : []),
    ...(level.only ? [strip.changes.only(level.only.join(", ") || strip.changes.nobody)] : []),
  ];
  return lines.length === 0 && place === 0 ? [strip.levelUsual] : lines;
}
