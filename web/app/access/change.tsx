import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type AccessRules, api, type SiteChange, type SiteChanged } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { useWords } from "../words/words.js";
import { nameIn } from "./rules.js";

interface Asked {
  /** What it is about, for the word that it is done. */
  readonly what: string;
  readonly changes: readonly SiteChange[];
  readonly told: SiteChanged;
  then?(): void;
}

/** Every change goes the same way: what it would come to is looked at, then it is put in force; and it can be taken back. */
export function useChange(rules: AccessRules) {
  const { access } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const { busy, error, act, forget } = useActing();
  const [asked, setAsked] = useState<Asked>();
  const base = rules.revision;
  const ask = (what: string, changes: readonly SiteChange[], then?: () => void) =>
    act(async () => {
      const told = await api.changeSite({ base, changes, dryRun: true });
      setAsked({ what, changes, told, ...(then ? { then } : {}) });
    });
  const put = async (note: string) => {
    if (!asked) return;
    const made = await api.changeSite({ base, changes: asked.changes, ...(note ? { note } : {}) });
    setAsked(undefined);
    await client.invalidateQueries({ queryKey: ["access"] });
    asked.then?.();
    done(access.changed(asked.what), async () => {
      await api.changeSite({ base: made.revision, changes: made.undo });
      await client.invalidateQueries({ queryKey: ["access"] });
    });
  };
  return {
    busy,
    error,
    forget,
    ask,
    dialog: asked && (
      <Preview rules={rules} told={asked.told} onPut={put} onClose={() => setAsked(undefined)} />
    ),
  };
}

function Preview({
  rules,
  told,
  onPut,
  onClose,
}: {
  readonly rules: AccessRules;
  readonly told: SiteChanged;
  onPut(note: string): Promise<void>;
  onClose(): void;
}) {
  const { app, access } = useWords();
  const { busy, error, act } = useActing();
  const [note, setNote] = useState("");
  const { groups, free } = told.effects;
  const named = (doors: readonly string[]) =>
    listed(
      doors.map((id) => nameIn(rules, "doors", id)),
      access.effect.more,
    );
  return (
    <Modal opened onClose={onClose} title={access.lookTitle} closeButtonProps={{ "aria-label": app.close }}>
      <div className="stack">
        {groups.length + free.length === 0 && <p>{access.noEffect}</p>}
        <ul className="effects">
          {groups.map((each) => (
            <li key={each.group}>
              <strong>{access.effect.group(each.name, each.people)}</strong>
              <ul>
                {each.gains.length > 0 && <li data-tone="good">{access.effect.gains(named(each.gains))}</li>}
                {each.loses.length > 0 && <li data-tone="bad">{access.effect.loses(named(each.loses))}</li>}
                {each.otherwise.length > 0 && <li>{access.effect.otherwise(named(each.otherwise))}</li>}
              </ul>
            </li>
          ))}
          {free.length > 0 && <li>{access.effect.free(named(free))}</li>}
        </ul>
        <TextInput
          label={access.noteLabel}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          maxLength={300}
          autoComplete="off"
        />
        {error !== undefined && <Trouble error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button loading={busy} onClick={() => void act(() => onPut(note.trim()))} data-autofocus>
            {access.putInForce}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

const mostNamed = 8;

function listed(names: readonly string[], more: (n: number) => string): string {
  const first = names.slice(0, mostNamed).join(", ");
  return names.length > mostNamed ? `${first} ${more(names.length - mostNamed)}` : first;
}
