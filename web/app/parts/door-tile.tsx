import { ActionIcon, Menu } from "@mantine/core";
import { IconDotsVertical } from "@tabler/icons-react";
import { memo, useEffect, useState } from "react";
import { api, type Door } from "../api.js";
import { useMay } from "../session.js";
import { capital } from "../text.js";
import { siteNow, useLasting, useSecond, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDone } from "./done.js";
import { conditionOf, factsOf } from "./door-words.js";
import { HoldButton } from "./hold-button.js";
import { useTold } from "./states.js";

/** How long a door says what came of an unlocking. */
const messageMs = 8_000;

interface Message {
  readonly kind: "done" | "fault";
  readonly text: string;
}

export const DoorTile = memo(function DoorTile({
  door,
  stale,
  onHolding,
}: {
  readonly door: Door;
  readonly stale: boolean;
  onHolding(holding: boolean): void;
}) {
  const words = useWords();
  const may = useMay();
  const time = useSiteTime();
  const told = useTold();
  const [message, setMessage] = useState<Message>();
  const [busy, setBusy] = useState(false);
  const { tone, word } = conditionOf(door);

  useEffect(() => {
    if (!message) return undefined;
    const over = setTimeout(() => setMessage(undefined), messageMs);
    return () => clearTimeout(over);
  }, [message]);

  const unlock = async () => {
    setMessage(undefined);
    setBusy(true);
    try {
      await api.unlock(door.id);
      setMessage({ kind: "done", text: words.door.unlockedByYou });
    } catch (error) {
      setMessage({ kind: "fault", text: capital(told(error).hint) });
    } finally {
      setBusy(false);
    }
  };
  const { override } = door;
  const until = override?.until ? time.near(new Date(override.until), siteNow()) : "";
  return (
    <li className="tile" data-tone={tone}>
      <div className="tile-head">
        <h3>{door.name}</h3>
        {(may("door.mode") || may("emergency.reset")) && <DoorMenu door={door} stale={stale} />}
      </div>
      <p className="tile-state">
        <span className="tile-word">{words.door[word]}</span> <Since since={door.since} stale={stale} />
      </p>
      <p className="tile-facts">{factsOf(door, words)}</p>
      {override && <p className="tile-facts">{words.door.setBy(override.by, until)}</p>}
      {may("door.unlock") && (
        <HoldButton
          of={door.name}
          disabled={stale || busy}
          onHolding={onHolding}
          onDone={() => void unlock()}
        />
      )}
      <p className="tile-message" data-kind={message?.kind} role="status">
        {message?.text}
      </p>
    </li>
  );
});

/** What is stale does not grow older on the screen as if it were known. */
function Since({ since, stale }: { readonly since: string | null; readonly stale: boolean }) {
  const words = useWords();
  const lasting = useLasting();
  const time = useSiteTime();
  const now = useSecond();
  const [stoodAt, setStoodAt] = useState<Date>();
  if (stale && !stoodAt) setStoodAt(now);
  if (!stale && stoodAt) setStoodAt(undefined);
  if (since === null) return null;
  const ms = (stoodAt ?? now).getTime() - Date.parse(since);
  return (
    <time className="tile-time" dateTime={since} title={time.full(new Date(since))}>
      {words.time.for(lasting(ms))}
    </time>
  );
}

const modes = ["card", "free", "secured", "maintenance"] as const satisfies Door["mode"][];

function DoorMenu({ door, stale }: { readonly door: Door; readonly stale: boolean }) {
  const words = useWords();
  const may = useMay();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const [ending, setEnding] = useState(false);
  const set = async (mode: Door["mode"] | undefined) => {
    const before = door.override ? door.mode : undefined;
    try {
      await api.doorMode(door.id, mode);
      const said = mode === undefined ? words.door.modeRest : words.door.mode[mode];
      done(words.door.modeSet(door.name, said), () => api.doorMode(door.id, before));
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={230} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={stale}
            aria-label={words.door.setMode(door.name)}
            title={words.door.setMode(door.name)}
          >
            <IconDotsVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-label={words.door.setMode(door.name)}>
          {may("door.mode") &&
            modes.map((mode) => (
              <Menu.Item key={mode} disabled={door.mode === mode} onClick={() => void set(mode)}>
                {words.door.mode[mode]}
              </Menu.Item>
            ))}
          {may("door.mode") && door.override && (
            <Menu.Item onClick={() => void set(undefined)}>{words.door.modeRest}</Menu.Item>
          )}
          {may("emergency.reset") && door.lock === "released" && (
            <Menu.Item color="red" onClick={() => setEnding(true)}>
              {words.door.endEmergency}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {ending && (
        <Confirm
          title={words.door.endEmergency}
          doLabel={words.door.endEmergency}
          onDo={() => api.emergencyReset(door.id)}
          onClose={() => setEnding(false)}
        >
          {words.door.endEmergencySure(door.name)}
        </Confirm>
      )}
    </>
  );
}
