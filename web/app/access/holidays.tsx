import { ActionIcon, Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconPlus } from "@tabler/icons-react";
import { useContext, useState } from "react";
import type { AccessRules } from "../api.js";
import { useNarrow } from "../parts/narrow.js";
import { Empty, Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { siteNow, toLocalInput, ZoneContext } from "../time.js";
import { useSpoken } from "../words/words.js";
import { addMonths, asDate, firstDay, lastDay, onDay, weeksOf } from "./calendar.js";
import { useChange } from "./change.js";
import { HolidayForm } from "./holiday-form.js";
import { HolidayKinds } from "./holiday-kinds.js";
import type { SiteHoliday } from "./rules.js";
import { kindsOf, plainHoliday } from "./specials.js";
import { weekdays } from "./week.js";

/** What a form is open for: a day that is to be one, or one that is. */
type Open = { readonly day: string } | { readonly holiday: SiteHoliday };

export function Holidays({ rules }: { readonly rules: AccessRules }) {
  const { words } = useSpoken();
  const { access } = words;
  const may = useMay();
  const zone = useContext(ZoneContext);
  const [open, setOpen] = useState<Open>();
  const today = toLocalInput(siteNow().toISOString(), zone).slice(0, 10);
  const { busy, error, ask, dialog } = useChange(rules);
  const coming = rules.holidays.filter((each) => lastDay(each) >= today);
  const past = rules.holidays.filter((each) => lastDay(each) < today);
  const remove = (holiday: SiteHoliday) => ask(holiday.name, [{ kind: "holiday", remove: holiday }]);
  return (
    <div className="two-panes access-panes" data-chosen="both">
      <section className="pane-list stack" aria-labelledby="holiday-list">
        <h2 id="holiday-list" className="only-heard">
          {access.tabs.holidays}
        </h2>
        {may("site.write") && (
          <Button
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setOpen({ day: today })}
          >
            {access.addHoliday}
          </Button>
        )}
        {error !== undefined && <Trouble error={error} />}
        {rules.holidays.length === 0 && <Empty title={access.noHolidays}>{access.noHolidaysHint}</Empty>}
        {coming.length > 0 && (
          <>
            <h3>{access.coming}</h3>
            <List rules={rules} holidays={coming} busy={busy} onOpen={setOpen} onRemove={remove} />
          </>
        )}
        {past.length > 0 && (
          <details>
            <summary>
              {access.past} ({past.length})
            </summary>
            <List rules={rules} holidays={past} busy={busy} onOpen={setOpen} onRemove={remove} />
          </details>
        )}
      </section>
      <div className="stack">
        <Calendar rules={rules} today={today} onOpen={setOpen} />
        <HolidayKinds rules={rules} />
      </div>
      {open && (
        <HolidayForm
          rules={rules}
          holiday={"holiday" in open ? open.holiday : undefined}
          day={"day" in open ? open.day : firstDay(open.holiday)}
          onClose={() => setOpen(undefined)}
        />
      )}
      {dialog}
    </div>
  );
}

function useDates() {
  const { language } = useSpoken();
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(language === "de" ? "de-DE" : "en-GB", {
      timeZone: "UTC",
      ...options,
    });
    return (day: string) => made.format(asDate(day));
  };
  return {
    full: format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
    long: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    month: format({ month: "long", year: "numeric" }),
  };
}

function List({
  rules,
  holidays,
  busy,
  onOpen,
  onRemove,
}: {
  readonly rules: AccessRules;
  readonly holidays: readonly SiteHoliday[];
  readonly busy: boolean;
  onOpen(open: Open): void;
  onRemove(holiday: SiteHoliday): Promise<unknown>;
}) {
  const { words } = useSpoken();
  const { access } = words;
  const may = useMay();
  const dates = useDates();
  const kinds = kindsOf(rules, words);
  return (
    <ul className="card list">
      {holidays.map((holiday) => {
        const first = firstDay(holiday);
        const last = lastDay(holiday);
        const kind = kinds.find(({ id }) => id === (holiday.type ?? plainHoliday))?.name;
        const days = first === last ? dates.full(first) : `${dates.full(first)} – ${dates.full(last)}`;
        return (
          <li key={`${first} ${holiday.name}`}>
            <div className="list-main">
              <strong>{holiday.name}</strong>
              <small>
                {days}
                {holiday.type !== undefined && `, ${kind ?? holiday.type}`}
              </small>
            </div>
            {may("site.write") && (
              <div className="actions">
                <Button
                  variant="default"
                  size="compact-md"
                  aria-label={`${access.edit}: ${holiday.name}, ${days}`}
                  onClick={() => onOpen({ holiday })}
                >
                  {access.edit}
                </Button>
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-md"
                  disabled={busy}
                  aria-label={access.removeOf(`${holiday.name}, ${days}`)}
                  onClick={() => void onRemove(holiday)}
                >
                  {access.remove}
                </Button>
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Calendar({
  rules,
  today,
  onOpen,
}: {
  readonly rules: AccessRules;
  readonly today: string;
  onOpen(open: Open): void;
}) {
  const { words } = useSpoken();
  const { access } = words;
  const narrow = useNarrow();
  const dates = useDates();
  const [first, setFirst] = useState(today.slice(0, 7));
  const shown = narrow ? 1 : 4;
  const months = Array.from({ length: shown }, (_, n) => addMonths(first, n));
  return (
    <section className="card" aria-labelledby="calendar">
      <div className="card-head">
        <h2 id="calendar">{access.calendar}</h2>
        <div className="actions">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={access.earlier}
            onClick={() => setFirst(addMonths(first, -shown))}
          >
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={access.later}
            onClick={() => setFirst(addMonths(first, shown))}
          >
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </div>
      </div>
      <div className="months">
        {months.map((month) => (
          <table key={month} className="month">
            <caption>{dates.month(`${month}-01`)}</caption>
            <thead>
              <tr>
                {weekdays.map((day) => (
                  <th key={day} scope="col" abbr={access.weekdays[day]}>
                    {access.short[day]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeksOf(month).map((week) => (
                <tr key={week.find((day) => day !== undefined)}>
                  {week.map((day, n) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the place in the week
                    <td key={n}>
                      {day !== undefined && (
                        <Day
                          day={day}
                          holiday={onDay(rules.holidays, day)}
                          today={day === today}
                          said={dates.long}
                          onOpen={onOpen}
                        />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </section>
  );
}

function Day({
  day,
  holiday,
  today,
  said,
  onOpen,
}: {
  readonly day: string;
  readonly holiday: SiteHoliday | undefined;
  readonly today: boolean;
  said(day: string): string;
  onOpen(open: Open): void;
}) {
  const { words } = useSpoken();
  const may = useMay();
  const number = Number(day.slice(8));
  const label = holiday ? `${holiday.name}, ${said(day)}` : words.access.addHolidayOn(said(day));
  if (!may("site.write")) {
    return (
      <span className="day" data-today={today} data-holiday={holiday !== undefined} title={holiday?.name}>
        {number}
        {holiday && <span className="only-heard"> {holiday.name}</span>}
      </span>
    );
  }
  return (
    <button
      type="button"
      className="day"
      data-today={today}
      data-holiday={holiday !== undefined}
      data-special={holiday?.type !== undefined}
      aria-label={label}
      title={holiday?.name}
      onClick={() => onOpen(holiday ? { holiday } : { day })}
    >
      {number}
    </button>
  );
}
