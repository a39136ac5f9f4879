import { Button, Modal, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useWords } from "../words/words.js";
import { firstDay, lastDay } from "./calendar.js";
import { useChange } from "./change.js";
import type { SiteHoliday } from "./rules.js";
import { kindsOf, plainHoliday } from "./specials.js";

/** A day, or days in a row, on which schedules hold otherwise; `holiday` undefined: a new one. */
export function HolidayForm({
  rules,
  holiday,
  day,
  onClose,
}: {
  readonly rules: AccessRules;
  readonly holiday: SiteHoliday | undefined;
  /** A new one's first day. */
  readonly day: string;
  onClose(): void;
}) {
  const words = useWords();
  const { app, access } = words;
  const [name, setName] = useState(holiday?.name ?? "");
  const [from, setFrom] = useState(holiday ? firstDay(holiday) : day);
  const [to, setTo] = useState(holiday ? lastDay(holiday) : day);
  const [type, setType] = useState(holiday?.type ?? plainHoliday);
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const backwards = from !== "" && to !== "" && to < from;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const common = { name: name.trim(), ...(type === plainHoliday ? {} : { type }) };
    const put: SiteHoliday = from === to ? { date: from, ...common } : { from, to, ...common };
    void ask(put.name, [{ kind: "holiday", put, ...(holiday ? { was: holiday } : {}) }], onClose);
  };
  return (
    <>
      <Modal
        opened
        onClose={onClose}
        title={holiday?.name ?? access.addHoliday}
        closeButtonProps={{ "aria-label": app.close }}
      >
        <form className="stack" onSubmit={submit}>
          <TextInput
            label={access.holidayName}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
            autoComplete="off"
          />
          <div className="side-by-side">
            <TextInput
              type="date"
              label={access.holidayFrom}
              value={from}
              onChange={({ currentTarget }) => {
                // Most are of one day: the end goes along until it is set by itself.
                if (to === from) setTo(currentTarget.value);
                setFrom(currentTarget.value);
              }}
              required
            />
            <TextInput
              type="date"
              label={access.holidayTo}
              value={to}
              onChange={({ currentTarget }) => setTo(currentTarget.value)}
              error={backwards ? access.holidayEnds : undefined}
              required
            />
          </div>
          {rules.holidayTypes.length > 0 && (
            <Select
              label={access.holidayType}
              data={kindsOf(rules, words).map((kind) => ({ value: kind.id, label: kind.name }))}
              value={type}
              onChange={(next) => next !== null && setType(next)}
              allowDeselect={false}
              comboboxProps={{ transitionProps: { duration: 0 } }}
            />
          )}
          {error !== undefined && <Trouble error={error} />}
          <Button
            type="submit"
            loading={busy}
            disabled={name.trim() === "" || from === "" || to === "" || backwards}
          >
            {access.look}
          </Button>
        </form>
      </Modal>
      {dialog}
    </>
  );
}
