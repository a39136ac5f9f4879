import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { AccessRules } from "../api.js";
import { Empty } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { ListAndSheet } from "./list.js";
import { Members } from "./members.js";
import { type AccessGroup, hoursOf, viaOf, whenOf } from "./rules.js";

/** From a door to who may open it. */
export function DoorRights({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const { access } = useWords();
  const door = rules.doors.find(({ id }) => id === chosen);
  const items = rules.doors
    .map(({ id, name }) => ({
      id,
      name,
      detail: access.groupsHere(rules.groups.filter((group) => rules.opens[group.id]?.includes(id)).length),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <ListAndSheet
      tab="doors"
      items={items}
      chosen={chosen}
      none={{ title: access.chooseDoor, hint: access.chooseDoorHint }}
      choose={{ title: access.chooseDoor, hint: access.chooseDoorHint }}
    >
      {door && <Rights key={door.id} rules={rules} door={door} />}
    </ListAndSheet>
  );
}

function Rights({
  rules,
  door,
}: {
  readonly rules: AccessRules;
  readonly door: AccessRules["doors"][number];
}) {
  const words = useWords();
  const { access } = words;
  const groups = rules.groups.filter((group) => rules.opens[group.id]?.includes(door.id));
  return (
    <article className="door-sheet" aria-labelledby="door-rights">
      <section className="card">
        <div className="card-head">
          <h2 id="door-rights">{access.whoOpens(door.name)}</h2>
          <Button component={Link} href={`/doors/${door.id}`} variant="default">
            {access.doorState}
          </Button>
        </div>
        {door.freeSchedule !== null && <p>{access.freeBy(hoursOf(rules, door.freeSchedule, words))}</p>}
        {groups.length === 0 ? (
          <Empty title={access.nobodyOpens}>{access.nobodyOpensHint}</Empty>
        ) : (
          <ul className="list rights">
            {groups.map((group) => (
              <GroupAtDoor key={group.id} rules={rules} group={group} door={door} />
            ))}
          </ul>
        )}
      </section>
    </article>
  );
}

function GroupAtDoor({
  rules,
  group,
  door,
}: {
  readonly rules: AccessRules;
  readonly group: AccessGroup;
  readonly door: AccessRules["doors"][number];
}) {
  const words = useWords();
  const { access } = words;
  const may = useMay();
  const [open, setOpen] = useState(false);
  const people = rules.people[group.id] ?? 0;
  const lines = group.access.flatMap((line) => {
    const via = viaOf(rules, line, door, words);
    return via === undefined
      ? []
      : [{ said: `${whenOf(rules, line, words)} (${via})`, deny: line.deny === true }];
  });
  return (
    <li data-deny={lines.some(({ deny }) => deny)}>
      <div className="list-main">
        <Link href={`/access/groups/${group.id}`} className="list-link">
          {group.name}
        </Link>
        {lines.map(({ said }) => (
          <small key={said}>{said}</small>
        ))}
        {open && <Members group={group.id} />}
      </div>
      {may("people.read") && people > 0 ? (
        <Button
          variant="default"
          size="compact-md"
          aria-expanded={open}
          aria-label={access.showPeople(group.name, access.people(people))}
          onClick={() => setOpen(!open)}
        >
          {access.people(people)}
        </Button>
      ) : (
        <span className="soft">{people === 0 ? access.nobody : access.people(people)}</span>
      )}
    </li>
  );
}
