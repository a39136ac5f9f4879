import { Button, MultiSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { newId } from "./ids.js";
import { ListAndSheet } from "./list.js";
import { type DoorGroup, nameIn } from "./rules.js";

export function DoorGroups({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const { access } = useWords();
  const group = rules.doorGroups.find(({ id }) => id === chosen);
  return (
    <ListAndSheet
      tab="door-groups"
      items={rules.doorGroups.map(({ id, name, doors }) => ({
        id,
        name,
        detail: access.doors(doors.length),
      }))}
      chosen={chosen}
      add={access.addDoorGroup}
      none={{ title: access.noDoorGroups, hint: access.noDoorGroupsHint }}
      choose={{ title: access.chooseDoorGroup, hint: access.chooseDoorGroupHint }}
    >
      {group ? (
        <Sheet key={group.id} rules={rules} group={group} />
      ) : (
        <Form rules={rules} group={undefined} onClose={undefined} />
      )}
    </ListAndSheet>
  );
}

function Sheet({ rules, group }: { readonly rules: AccessRules; readonly group: DoorGroup }) {
  const { access } = useWords();
  const may = useMay();
  const [, go] = useLocation();
  const [editing, setEditing] = useState(false);
  const { busy, error, ask, dialog } = useChange(rules);
  const users = rules.groups.filter((each) =>
    each.access.some((line) => line.doorGroups?.includes(group.id)),
  );
  if (editing) return <Form rules={rules} group={group} onClose={() => setEditing(false)} />;
  return (
    <article className="door-sheet" aria-labelledby="door-group-name">
      <section className="card">
        <div className="card-head">
          <h2 id="door-group-name">{group.name}</h2>
          {may("site.write") && (
            <div className="actions">
              <Button variant="default" onClick={() => setEditing(true)}>
                {access.edit}
              </Button>
              <Button
                variant="subtle"
                color="red"
                aria-label={access.removeOf(group.name)}
                loading={busy}
                onClick={() =>
                  void ask(group.name, [{ kind: "door-group", remove: group.id }], () =>
                    go("/access/door-groups"),
                  )
                }
              >
                {access.remove}
              </Button>
            </div>
          )}
        </div>
        {error !== undefined && <Trouble error={error} />}
        <h3>{access.doorsIn}</h3>
        <ul className="names">
          {group.doors.map((id) => (
            <li key={id}>
              <Link href={`/doors/${id}`}>{nameIn(rules, "doors", id)}</Link>
            </li>
          ))}
        </ul>
        {users.length > 0 && (
          <>
            <h3>{access.usedBy}</h3>
            <ul className="names">
              {users.map(({ id, name }) => (
                <li key={id}>
                  <Link href={`/access/groups/${id}`}>{name}</Link>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      {dialog}
    </article>
  );
}

function Form({
  rules,
  group,
  onClose,
}: {
  readonly rules: AccessRules;
  readonly group: DoorGroup | undefined;
  readonly onClose: (() => void) | undefined;
}) {
  const { app, access } = useWords();
  const [, go] = useLocation();
  const [name, setName] = useState(group?.name ?? "");
  const [doors, setDoors] = useState<string[]>([...(group?.doors ?? [])]);
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const id = group?.id ?? newId(name, rules.doorGroups);
  const taken = rules.doorGroups.some((each) => each.id !== group?.id && each.name === name.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask(name.trim(), [{ kind: "door-group", put: { id, name: name.trim(), doors } }], () => {
      onClose?.();
      go(`/access/door-groups/${id}`);
    });
  };
  return (
    <form className="card stack" onSubmit={submit} aria-label={group?.name ?? access.addDoorGroup}>
      <h2>{group?.name ?? access.addDoorGroup}</h2>
      <TextInput
        label={access.name}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={taken ? access.nameTaken : undefined}
        maxLength={100}
        required
        autoComplete="off"
      />
      <MultiSelect
        label={access.doorsIn}
        data={rules.doors.map((door) => ({ value: door.id, label: door.name }))}
        value={doors}
        onChange={setDoors}
        searchable
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      {doors.length === 0 && <p className="form-fault">{access.noDoorsIn}</p>}
      {error !== undefined && <Trouble error={error} />}
      <div className="actions form-end">
        <Button variant="default" onClick={() => (onClose ? onClose() : go("/access/door-groups"))}>
          {app.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={name.trim() === "" || taken || doors.length === 0}>
          {access.look}
        </Button>
      </div>
      {dialog}
    </form>
  );
}
