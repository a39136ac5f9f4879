import type { MusterList } from "../api.js";
import { useLivePart } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

/** The list on paper, to be ticked at the assembly point; nobody sees it on the screen. */
export function PrintedList({ list }: { readonly list: MusterList }) {
  const { inside } = useWords();
  const time = useSiteTime();
  const site = useLivePart((state) => state.site?.name) ?? "";
  const doors = useLivePart((state) => state.doors);
  const { columns } = inside;
  return (
    <section className="printed" aria-hidden>
      <h2>{inside.printTitle(site)}</h2>
      <p>
        {inside.printAt(time.date(new Date(list.at)))}.{" "}
        {inside.total(list.counts.certain, list.counts.possible)}
        {list.muster && `. ${inside.missing(list.counts.missing)}, ${inside.safe(list.counts.safe)}`}
      </p>
      <table>
        <thead>
          <tr>
            <th>{columns.tick}</th>
            <th>{columns.name}</th>
            <th>{columns.area}</th>
            <th>{columns.how}</th>
            <th>{columns.seen}</th>
          </tr>
        </thead>
        <tbody>
          {list.people.map((each) => (
            <tr key={each.person}>
              <td className="tick">{each.safe ? "✓" : "☐"}</td>
              <td>
                {each.name}
                {each.visitor && ` (${inside.visitor})`}
              </td>
              <td>{each.areaName ?? ""}</td>
              <td>{each.how === "certain" ? inside.certain : inside.possible}</td>
              <td>
                {each.door !== null && `${doors.get(each.door)?.name ?? each.door}, `}
                {time.near(new Date(each.since), siteNow())}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.unnamed.length > 0 && (
        <p>
          {inside.unnamed}:{" "}
          {list.unnamed
            .map(({ name, exits, openings }) => `${name}: ${inside.unnamedAt(exits, openings)}`)
            .join("; ")}
        </p>
      )}
    </section>
  );
}
