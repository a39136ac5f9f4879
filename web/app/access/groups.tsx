import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { GroupForm } from "./group-form.js";
import { ListAndSheet } from "./list.js";
import { Members } from "./members.js";
import { type AccessGroup, placesOf, whenOf } from "./rules.js";

export function Groups({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const { access } = useWords();
  const group = rules.groups.find(({ id }) => id === chosen);
  const items = rules.groups
    .map(({ id, name }) => {
      const people = rules.people[id] ?? 0;
      const doors = access.doors(rules.opens[id]?.length ?? 0);
      return { id, name, detail: `${doors}, ${people === 0 ? access.nobody : access.people(people)}` };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <ListAndSheet
      tab="groups"
      items={items}
      chosen={chosen}
      add={access.addGroup}
      none={{ title: access.noGroups, hint: access.noGroupsHint }}
      choose={{ title: access.chooseGroup, hint: access.chooseGroupHint }}
    >
      {group ? (
        <GroupSheet key={group.id} rules={rules} group={group} />
      ) : (
        <GroupForm rules={rules} group={undefined} onClose={undefined} />
      )}
    </ListAndSheet>
  );
}

function GroupSheet({ rules, group }: { readonly rules: AccessRules; readonly group: AccessGroup }) {
  const words = useWords();
  const { access } = words;
  const may = useMay();
  const [, go] = useLocation();
  const [editing, setEditing] = useState(false);
  const { busy, error, ask, dialog } = useChange(rules);
  const people = rules.people[group.id] ?? 0;
  if (editing) return <GroupForm rules={rules} group={group} onClose={() => setEditing(false)} />;
  return (
    <article className="door-sheet" aria-labelledby="group-name">
      <section className="card">
        <div className="card-head">
          <h2 id="group-name">{group.name}</h2>
          {may("site.write") && (
            <div className="actions">
              <Button variant="default" onClick={() => setEditing(true)}>
                {access.edit}
              </Button>
              <Button
                variant="subtle"
                color="red"
                aria-label={access.removeOf(group.name)}
                disabled={people > 0}
                loading={busy}
                onClick={() =>
                  void ask(group.name, [{ kind: "group", remove: group.id }], () => go("/access/groups"))
                }
              >
                {access.remove}
              </Button>
            </div>
          )}
        </div>
        {may("site.write") && people > 0 && <p className="soft">{access.cannotRemoveGroup(people)}</p>}
        {error !== undefined && <Trouble error={error} />}
        <h3>{access.rights}</h3>
        {group.access.length === 0 ? (
          <p className="soft">{access.noRights}</p>
        ) : (
          <ul className="list rights">
            {group.access.map((line, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id and are only replaced together
              <li key={n} data-deny={line.deny === true}>
                <div className="list-main">
                  {placesOf(rules, line, words)}
                  <small>{whenOf(rules, line, words)}</small>
                </div>
              </li>
            ))}
          </ul>
        )}
        <p className="soft">
          {access.inAll(rules.opens[group.id]?.length ?? 0)}
          {": "}
          {(rules.opens[group.id] ?? []).map((id, n) => (
            <span key={id}>
              {n > 0 && ", "}
              <Link href={`/access/doors/${id}`}>
                {rules.doors.find((door) => door.id === id)?.name ?? id}
              </Link>
            </span>
          ))}
        </p>
      </section>
      {may("people.read") && (
        <section className="card" aria-labelledby="group-members">
          <h3 id="group-members">
            {access.members} ({people})
          </h3>
          <Members group={group.id} />
        </section>
      )}
      {dialog}
    </article>
  );
}
