import type { PartitionNow } from "../api.js";
import { useLivePart } from "../session.js";
import { useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import type { Walk } from "./walk-test.js";

/** The record on paper: who walked when, what answered and what did not; nobody sees it on the screen. */
export function WalkRecord({ partition, walk }: { readonly partition: PartitionNow; readonly walk: Walk }) {
  const { arming } = useWords();
  const time = useSiteTime();
  const site = useLivePart((state) => state.site?.name) ?? "";
  const { since, by, ended, seen, missing } = walk;
  return (
    <section className="printed" aria-hidden>
      <h2>
        {arming.walkRecord}: {partition.name}, {site}
      </h2>
      <p>
        {arming.walkFrom}: {time.date(new Date(since))}
        {ended && `. ${arming.walkUntil}: ${time.date(new Date(ended.at))}`}
      </p>
      <p>
        {arming.walkWho}: {ended?.by || `${by} (${arming.walkOfItself})`}. {arming.walkResult}:{" "}
        {arming.walkNow(seen.length, seen.length + missing.length)}
      </p>
      <table>
        <thead>
          <tr>
            <th>{arming.walkSensor}</th>
            <th>{arming.walkAnswered}</th>
          </tr>
        </thead>
        <tbody>
          {missing.map(({ zone, name }) => (
            <tr key={zone}>
              <td>{name}</td>
              <td>
                <strong>{arming.walkNoAnswer}</strong>
              </td>
            </tr>
          ))}
          {seen.map(({ zone, name, at }) => (
            <tr key={zone}>
              <td>{name}</td>
              <td>{time.time(new Date(at))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="signature">{arming.walkSignature}:</p>
    </section>
  );
}
