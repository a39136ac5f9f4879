import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { RemoveRow } from "../parts/rows.js";
import { useWords } from "../words/words.js";
import { endsNextDay, type Hours, mostHoursADay } from "./week.js";
import { DayBar } from "./week-view.js";

/** The hours of one day: as many as it needs, each from and to. */
export function HoursForm({
  day,
  hours,
  onChange,
  children,
}: {
  /** What it is called, for who cannot see where it stands. */
  readonly day: string;
  readonly hours: readonly Hours[];
  onChange(hours: readonly Hours[]): void;
  /** More to do with them. */
  readonly children?: ReactNode;
}) {
  const { access } = useWords();
  const put = (place: number, change: Partial<Hours>) =>
    onChange(hours.map((each, n) => (n === place ? { ...each, ...change } : each)));
  return (
    <fieldset className="hours-form">
      <legend>{day}</legend>
      <DayBar hours={hours} />
      {hours.length === 0 && <p className="soft">{access.closed}</p>}
      {hours.map((each, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hours have no id; their fields hold no state of their own
        <div key={n} className="hours-row">
          <TextInput
            type="time"
            aria-label={access.from(day, n + 1)}
            value={each.from}
            onChange={({ currentTarget }) => put(n, { from: currentTarget.value })}
            required
          />
          <span aria-hidden>–</span>
          <TextInput
            type="time"
            aria-label={access.to(day, n + 1)}
            value={each.to}
            onChange={({ currentTarget }) => put(n, { to: currentTarget.value })}
            required
          />
          <RemoveRow
            label={access.removeHours(day, n + 1)}
            onRemove={() => onChange(hours.filter((_, at) => at !== n))}
          />
          {each.from !== "" && each.to !== "" && endsNextDay(each) && (
            <small className="soft hours-note">{access.overMidnight(each.to)}</small>
          )}
        </div>
      ))}
      <div className="actions">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={16} aria-hidden />}
          aria-label={access.addHoursTo(day)}
          disabled={hours.length >= mostHoursADay}
          onClick={() =>
            onChange([...hours, hours.length === 0 ? { from: "08:00", to: "18:00" } : { from: "", to: "" }])
          }
        >
          {access.addHours}
        </Button>
        {children}
      </div>
    </fieldset>
  );
}
