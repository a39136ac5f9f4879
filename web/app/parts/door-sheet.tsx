import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { api, type Door, Refused } from "../api.js";
import { useLivePart, useMay } from "../session.js";
import { capital } from "../text.js";
import { siteNow, useLasting, useSecond, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { useDoorActs } from "./door-acts.js";
import { DoorContact, DoorEmergency, DoorStanding } from "./door-exceptions.js";
import { remarksOf } from "./door-facts.js";
import { conditionOf, factsOf } from "./door-words.js";
import { ForceUnlock } from "./force-unlock.js";
import { HoldButton } from "./hold-button.js";
import { ModeForm } from "./mode-form.js";
import { Trouble, useTold } from "./states.js";
import { Remaining } from "./until.js";

/** Everything about one door, and everything that one may do with it. */
export function DoorSheet({ door }: { readonly door: Door }) {
  const { doorsPage } = useWords();
  const may = useMay();
  return (
    <article className="door-sheet" aria-labelledby="door-name">
      <State door={door} />
      {may("door.unlock") && <Unlock door={door} />}
      {may("door.mode") && <ModeCard door={door} />}
      {may("door.mode") && door.position !== "none" && <DoorStanding door={door} />}
      {may("door.mode") && door.position !== "none" && <DoorContact door={door} />}
      {(may("emergency.release") || may("emergency.reset")) && <DoorEmergency door={door} />}
      <p className="actions">
        {may("journal.read") && (
          <Button component={Link} href={`/events?door=${door.id}`} variant="default">
            {doorsPage.happened}
          </Button>
        )}
        {may("site.read") && (
          <Button component={Link} href={`/access/doors/${door.id}`} variant="default">
            {doorsPage.who}
          </Button>
        )}
      </p>
    </article>
  );
}

function State({ door }: { readonly door: Door }) {
  const words = useWords();
  const { doorsPage } = words;
  const time = useSiteTime();
  const lasting = useLasting();
  const now = useSecond();
  const stale = useLivePart(({ link }) => link.is === "stale");
  const doors = useLivePart((state) => state.doors);
  const plan = useLivePart((state) => state.plan);
  const levels = useLivePart((state) => state.house?.levels);
  const { tone, word } = conditionOf(door);
  const area = (id: string | undefined) => plan?.areas.find((each) => each.id === id)?.name ?? id ?? "";
  const way = plan?.doors.find(({ id }) => id === door.id);
  const remarks = remarksOf(door, words, {
    door: (id) => doors.get(id)?.name ?? id,
    level: (id) => levels?.find((level) => level.id === id)?.name ?? id,
    until: (at) => time.near(new Date(at), siteNow()),
  });
  return (
    <header className="card door-state" data-tone={tone}>
      <h2 id="door-name">{door.name}</h2>
      {way && plan && plan.areas.length > 0 && (
        <p className="soft">{doorsPage.way(area(way.from), area(way.to))}</p>
      )}
      <p className="tile-state">
        <span className="tile-word">{words.door[word]}</span>{" "}
        {door.since !== null && !stale && (
          <time className="tile-time" dateTime={door.since} title={time.full(new Date(door.since))}>
            {words.time.for(lasting(now.getTime() - Date.parse(door.since)))}
          </time>
        )}
      </p>
      <p>{factsOf(door, words, false)}</p>
      {remarks.length > 0 && (
        <ul className="remarks">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </header>
  );
}

function Unlock({ door }: { readonly door: Door }) {
  const { doorsPage } = useWords();
  const may = useMay();
  const told = useTold();
  const stale = useLivePart(({ link }) => link.is === "stale");
  const [said, setSaid] = useState<{ kind: "done" | "fault"; text: string }>();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  const [forcing, setForcing] = useState(false);
  const unlock = async () => {
    setSaid(undefined);
    setRefused(false);
    setBusy(true);
    try {
      await api.unlock(door.id);
      setSaid({ kind: "done", text: doorsPage.unlockedByYou });
    } catch (error) {
      setSaid({ kind: "fault", text: capital(told(error).hint) });
      setRefused(error instanceof Refused && error.code === "refused");
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-label={doorsPage.unlock}>
      <div className="unlock">
        <HoldButton
          of={door.name}
          disabled={stale || busy}
          onHolding={() => {}}
          onDone={() => void unlock()}
        />
        <p className="soft">{doorsPage.unlockHint}</p>
      </div>
      <p className="tile-message" data-kind={said?.kind} role="status">
        {said?.text}
      </p>
      {refused && may("door.force") && (
        <Button variant="light" color="red" onClick={() => setForcing(true)}>
          {doorsPage.force}
        </Button>
      )}
      {forcing && (
        <ForceUnlock
          door={door}
          onClose={() => setForcing(false)}
          onDone={() => {
            setRefused(false);
            setSaid({ kind: "done", text: doorsPage.unlockedByYou });
          }}
        />
      )}
    </section>
  );
}

/** Which mode holds, who set it and how long it has to go; and another. */
function ModeCard({ door }: { readonly door: Door }) {
  const words = useWords();
  const { doorsPage } = words;
  const acts = useDoorActs();
  const { busy, error, act } = useActing();
  const plan = useLivePart((state) => state.plan);
  const [open, setOpen] = useState(false);
  const readers = plan?.doors.find(({ id }) => id === door.id)?.reader ?? true;
  return (
    <section className="card" aria-labelledby="door-mode">
      <h3 id="door-mode">{doorsPage.mode}</h3>
      <div className="mode-now" data-changed={door.override !== null}>
        <div className="list-main">
          <strong>{doorsPage.modeNames[door.mode]}</strong>
          <small>
            {door.override ? (
              <>
                {doorsPage.modeHints[door.mode]}. {doorsPage.setBy(door.override.by)},{" "}
                <Remaining until={door.override.until} />
              </>
            ) : (
              doorsPage.usualHint
            )}
          </small>
        </div>
        {door.override && (
          <Button variant="default" onClick={() => void acts.endMode(door)}>
            {doorsPage.endNow}
          </Button>
        )}
      </div>
      {open ? (
        <ModeForm
          readers={readers}
          busy={busy}
          onSet={(mode, until) =>
            void act(async () => {
              await acts.setMode(door, mode, until);
              setOpen(false);
            })
          }
        />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {doorsPage.another}
        </Button>
      )}
      {error !== undefined && <Trouble error={error} />}
    </section>
  );
}
