import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { ListAndSheet } from "./list.js";
import type { WeekSchedule } from "./rules.js";
import { ScheduleForm } from "./schedule-form.js";
import { kindsOf, specialOf } from "./specials.js";
import { type Week, weekdays, weekOf } from "./week.js";
import { useHours, WeekView } from "./week-view.js";

export function Schedules({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const words = useWords();
  const { access } = words;
  const said = useHours();
  const schedule = rules.schedules.find(({ id }) => id === chosen);
  const items = rules.schedules.map((each) => ({
    id: each.id,
    name: each.name,
    detail: inShort(weekOf(each), access.short, said),
  }));
  return (
    <ListAndSheet
      tab="schedules"
      items={items}
      chosen={chosen}
      add={access.addSchedule}
      none={{ title: access.noSchedules, hint: access.noSchedulesHint }}
      choose={{ title: access.chooseSchedule, hint: access.chooseScheduleHint }}
    >
      {schedule ? (
        <Sheet key={schedule.id} rules={rules} schedule={schedule} />
      ) : (
        <ScheduleForm rules={rules} schedule={undefined} onClose={undefined} />
      )}
    </ListAndSheet>
  );
}

/** "Mo–Fr 07:00–19:00, Sa 08:00–12:00": days in a row with the same hours together. */
function inShort(
  week: Week,
  short: Readonly<Record<(typeof weekdays)[number], string>>,
  said: (hours: Week["mon"]) => string,
): string {
  const spans: { first: string; last: string; hours: string }[] = [];
  for (const day of weekdays) {
    if (week[day].length === 0) continue;
    const hours = said(week[day]);
    const before = spans.at(-1);
    const yesterday = weekdays[weekdays.indexOf(day) - 1];
    if (before && before.hours === hours && yesterday && before.last === short[yesterday])
      before.last = short[day];
    else spans.push({ first: short[day], last: short[day], hours });
  }
  const days = (first: string, last: string) => (first === last ? first : `${first}–${last}`);
  return spans.map(({ first, last, hours }) => `${days(first, last)} ${hours}`).join("; ") || said([]);
}

function Sheet({ rules, schedule }: { readonly rules: AccessRules; readonly schedule: WeekSchedule }) {
  const words = useWords();
  const { access } = words;
  const may = useMay();
  const said = useHours();
  const [, go] = useLocation();
  const [editing, setEditing] = useState(false);
  const { busy, error, ask, dialog } = useChange(rules);
  const groups = rules.groups.filter((group) => group.access.some((line) => line.schedule === schedule.id));
  const doors = rules.doors.filter((door) => door.freeSchedule === schedule.id);
  const used = groups.length + doors.length > 0;
  if (editing) return <ScheduleForm rules={rules} schedule={schedule} onClose={() => setEditing(false)} />;
  return (
    <article className="door-sheet" aria-labelledby="schedule-name">
      <section className="card">
        <div className="card-head">
          <h2 id="schedule-name">{schedule.name}</h2>
          {may("site.write") && (
            <div className="actions">
              <Button variant="default" onClick={() => setEditing(true)}>
                {access.edit}
              </Button>
              <Button
                variant="subtle"
                color="red"
                aria-label={access.removeOf(schedule.name)}
                disabled={used}
                loading={busy}
                onClick={() =>
                  void ask(schedule.name, [{ kind: "schedule", remove: schedule.id }], () =>
                    go("/access/schedules"),
                  )
                }
              >
                {access.remove}
              </Button>
            </div>
          )}
        </div>
        {may("site.write") && used && <p className="soft">{access.cannotRemoveSchedule}</p>}
        {error !== undefined && <Trouble error={error} />}
        <WeekView week={weekOf(schedule)} />
        <h3>{access.onHolidays}</h3>
        <dl className="facts">
          {kindsOf(rules, words).map(({ id, name }) => {
            const special = specialOf(schedule, id);
            return (
              <div key={id} className="fact">
                <dt>{name}</dt>
                <dd>{typeof special === "string" ? access.special[special] : said(special)}</dd>
              </div>
            );
          })}
        </dl>
        <h3>{access.usedBy}</h3>
        {used ? (
          <ul className="names">
            {groups.map(({ id, name }) => (
              <li key={id}>
                <Link href={`/access/groups/${id}`}>{name}</Link>
              </li>
            ))}
            {doors.map(({ id, name }) => (
              <li key={id}>
                <Link href={`/access/doors/${id}`}>{access.usedFree(name)}</Link>
              </li>
            ))}
          </ul>
        ) : (
          <p className="soft">{access.usedByNobody}</p>
        )}
      </section>
      {dialog}
    </article>
  );
}
