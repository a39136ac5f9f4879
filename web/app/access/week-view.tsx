import { useWords } from "../words/words.js";
import { endsNextDay, type Hours, shareOf, type Week, weekdays } from "./week.js";

/** "07:00–19:00" */
export function useHours(): (hours: readonly Hours[]) => string {
  const { access } = useWords();
  return (hours) =>
    hours.length === 0
      ? access.closed
      : hours
          .map((each) => {
            if (each.from === "00:00" && each.to === "00:00") return access.allDay;
            const said = access.window(each.from, each.to === "00:00" ? "24:00" : each.to);
            return endsNextDay(each) ? `${said} ${access.nextDay}` : said;
          })
          .join(", ");
}

export function WeekView({ week }: { readonly week: Week }) {
  const { access } = useWords();
  const said = useHours();
  return (
    <dl className="week">
      {weekdays.map((day) => (
        <div key={day} className="week-day">
          <dt>{access.weekdays[day]}</dt>
          <dd>
            <DayBar hours={week[day]} />
            <span className="week-hours">{said(week[day])}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The day from left to right; what runs over midnight goes to its edge. */
export function DayBar({ hours }: { readonly hours: readonly Hours[] }) {
  return (
    <svg className="day-bar" viewBox="0 0 240 10" preserveAspectRatio="none" aria-hidden>
      <rect className="day-ground" width="240" height="10" />
      {hours
        .filter(({ from, to }) => from !== "" && to !== "")
        .map((each, n) => {
          const { start, end } = shareOf(each);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a drawing
            <rect key={n} className="day-open" x={start * 240} width={(end - start) * 240} height="10" />
          );
        })}
      {[6, 12, 18].map((hour) => (
        <line key={hour} className="day-mark" x1={hour * 10} x2={hour * 10} y1="0" y2="10" />
      ))}
    </svg>
  );
}
