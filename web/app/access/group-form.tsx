import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { newId } from "./ids.js";
import { hasPlace, LineForm } from "./line-form.js";
import { type AccessGroup, type AccessLine, always } from "./rules.js";

interface Keyed {
  readonly key: number;
  readonly line: AccessLine;
}

let keys = 0;
const keyed = (line: AccessLine): Keyed => {
  keys += 1;
  return { key: keys, line };
};

/** A group's name and its rights; `group` undefined: a new one. */
export function GroupForm({
  rules,
  group,
  onClose,
}: {
  readonly rules: AccessRules;
  readonly group: AccessGroup | undefined;
  readonly onClose: (() => void) | undefined;
}) {
  const { app, access } = useWords();
  const [, go] = useLocation();
  const [name, setName] = useState(group?.name ?? "");
  const [lines, setLines] = useState(() => (group?.access ?? [{ schedule: always }]).map(keyed));
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const id = group?.id ?? newId(name, rules.groups);
  const taken = rules.groups.some((each) => each.id !== group?.id && each.name === name.trim());
  const sound = name.trim() !== "" && !taken && lines.every(({ line }) => hasPlace(line));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const put: AccessGroup = {
      ...(group ?? {}),
      id,
      name: name.trim(),
      access: lines.map(({ line }) => line),
    };
    void ask(put.name, [{ kind: "group", put }], () => {
      onClose?.();
      go(`/access/groups/${id}`);
    });
  };
  return (
    <form className="card stack" onSubmit={submit} aria-label={group?.name ?? access.addGroup}>
      <h2>{group?.name ?? access.addGroup}</h2>
      <TextInput
        label={access.name}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={taken ? access.nameTaken : undefined}
        maxLength={100}
        required
        autoComplete="off"
      />
      {lines.map(({ key, line }, n) => (
        <LineForm
          key={key}
          rules={rules}
          line={line}
          place={n + 1}
          onChange={(next) => setLines(lines.map((each) => (each.key === key ? { key, line: next } : each)))}
          onRemove={() => setLines(lines.filter((each) => each.key !== key))}
        />
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={18} aria-hidden />}
        onClick={() => setLines([...lines, keyed({ schedule: always })])}
      >
        {access.addRight}
      </Button>
      {error !== undefined && <Trouble error={error} />}
      <div className="actions form-end">
        <Button variant="default" onClick={() => (onClose ? onClose() : go("/access/groups"))}>
          {app.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={!sound}>
          {access.look}
        </Button>
      </div>
      {dialog}
    </form>
  );
}
