import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { HoursForm } from "./hours-form.js";
import { newId } from "./ids.js";
import type { WeekSchedule } from "./rules.js";
import { holidaysFrom, kindsOf, type Special, specialOf } from "./specials.js";
import { fits, isFilled, linesOf, type Week, weekdays, weekOf } from "./week.js";

const workdays = weekdays.slice(0, 5);

/** A schedule's week and its holidays; `schedule` undefined: a new one. */
export function ScheduleForm({
  rules,
  schedule,
  onClose,
}: {
  readonly rules: AccessRules;
  readonly schedule: WeekSchedule | undefined;
  readonly onClose: (() => void) | undefined;
}) {
  const words = useWords();
  const { app, access } = words;
  const [, go] = useLocation();
  const kinds = kindsOf(rules, words);
  const [name, setName] = useState(schedule?.name ?? "");
  const [week, setWeek] = useState<Week>(() => weekOf(schedule ?? { week: [] }));
  const [specials, setSpecials] = useState<Readonly<Record<string, Special>>>(() =>
    Object.fromEntries(kinds.map(({ id }) => [id, specialOf(schedule ?? {}, id)])),
  );
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const id = schedule?.id ?? newId(name, rules.schedules);
  const taken = rules.schedules.some((each) => each.id !== schedule?.id && each.name === name.trim());
  const filled =
    weekdays.every((day) => week[day].every(isFilled)) &&
    Object.values(specials).every(
      (special) => typeof special === "string" || (special.length > 0 && special.every(isFilled)),
    );
  const small = fits(week);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const holidays = holidaysFrom(specials);
    const put: WeekSchedule = {
      id,
      name: name.trim(),
      week: linesOf(week),
      ...(holidays === undefined ? {} : { holidays }),
    };
    void ask(put.name, [{ kind: "schedule", put }], () => {
      onClose?.();
      go(`/access/schedules/${id}`);
    });
  };
  const copy = (from: (typeof weekdays)[number], to: readonly (typeof weekdays)[number][]) =>
    setWeek({ ...week, ...Object.fromEntries(to.map((day) => [day, week[from]])) });
  return (
    <form className="card stack" onSubmit={submit} aria-label={schedule?.name ?? access.addSchedule}>
      <h2>{schedule?.name ?? access.addSchedule}</h2>
      <TextInput
        label={access.name}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={taken ? access.nameTaken : undefined}
        maxLength={100}
        required
        autoComplete="off"
      />
      <h3>{access.week}</h3>
      <div className="week-form">
        {weekdays.map((day) => (
          <HoursForm
            key={day}
            day={access.weekdays[day]}
            hours={week[day]}
            onChange={(hours) => setWeek({ ...week, [day]: hours })}
          >
            {week[day].length > 0 && (
              <>
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={access.copyWorkdaysOf(access.weekdays[day])}
                  onClick={() => copy(day, workdays)}
                >
                  {access.copyWorkdays}
                </Button>
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={access.copyAllOf(access.weekdays[day])}
                  onClick={() => copy(day, weekdays)}
                >
                  {access.copyAll}
                </Button>
              </>
            )}
          </HoursForm>
        ))}
      </div>
      <h3>{access.onHolidays}</h3>
      <p className="soft">{access.onHolidaysHint}</p>
      {kinds.map((kind) => (
        <SpecialForm
          key={kind.id}
          kind={kind.name}
          special={specials[kind.id] ?? "closed"}
          onChange={(special) => setSpecials({ ...specials, [kind.id]: special })}
        />
      ))}
      {!filled && <p className="form-fault">{access.incomplete}</p>}
      {!small && <p className="form-fault">{access.tooMany}</p>}
      {error !== undefined && <Trouble error={error} />}
      <div className="actions form-end">
        <Button variant="default" onClick={() => (onClose ? onClose() : go("/access/schedules"))}>
          {app.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={name.trim() === "" || taken || !filled || !small}>
          {access.look}
        </Button>
      </div>
      {dialog}
    </form>
  );
}

const ways = ["closed", "as-usual", "hours"] as const;

function SpecialForm({
  kind,
  special,
  onChange,
}: {
  readonly kind: string;
  readonly special: Special;
  onChange(special: Special): void;
}) {
  const { access } = useWords();
  const name = useId();
  const way = typeof special === "string" ? special : "hours";
  return (
    <fieldset className="picks-field">
      <legend>{access.specialOf(kind)}</legend>
      <div className="picks">
        {ways.map((each) => (
          <label key={each} className="pick">
            <input
              type="radio"
              name={name}
              checked={way === each}
              onChange={() => onChange(each === "hours" ? [{ from: "08:00", to: "14:00" }] : each)}
            />
            <span>{access.special[each]}</span>
          </label>
        ))}
      </div>
      {typeof special !== "string" && (
        <HoursForm day={access.specialOf(kind)} hours={special} onChange={onChange} />
      )}
    </fieldset>
  );
}
