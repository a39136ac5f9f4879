import type { AreaNow, Plan } from "../api.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";

type Known = Plan["areas"][number];

/** How many are where, beside what the area allows; an area has who is in its parts too. */
export function Areas() {
  const { inside } = useWords();
  const plan = useLivePart((state) => state.plan);
  const now = useLivePart((state) => state.areas);
  const areas = inOrder((plan?.areas ?? []).filter(({ outside }) => !outside));
  if (areas.length === 0) return null;
  return (
    <section className="card" aria-labelledby="areas">
      <h2 id="areas">{inside.areas}</h2>
      <ul className="areas">
        {areas.map(({ area, depth }) => (
          <Area key={area.id} area={area} depth={depth} now={now.get(area.id)} />
        ))}
      </ul>
    </section>
  );
}

function Area({
  area,
  depth,
  now,
}: {
  readonly area: Known;
  readonly depth: number;
  readonly now: AreaNow | undefined;
}) {
  const { inside } = useWords();
  const here = now?.occupancy ?? 0;
  const uncertain = now?.uncertain ?? 0;
  const full = area.max !== undefined && here >= area.max;
  const few = area.min !== undefined && here > 0 && here < area.min;
  return (
    <li data-depth={Math.min(depth, 3)} data-full={full || few}>
      <span className="area-name">
        {area.name}
        {area.min !== undefined && <small className="soft"> {inside.atLeast(area.min)}</small>}
      </span>
      {uncertain > 0 && <small className="soft">{inside.uncertain(uncertain)}</small>}
      {full && (
        <span className="tag" data-tone="bad">
          {inside.full}
        </span>
      )}
      {few && (
        <span className="tag" data-tone="warn">
          {inside.tooFew}
        </span>
      )}
      <strong>{area.max === undefined ? inside.areaCount(here) : inside.ofMost(here, area.max)}</strong>
    </li>
  );
}

/** Parts under what they are a part of. */
function inOrder(areas: readonly Known[], parent?: string, depth = 0): { area: Known; depth: number }[] {
  const known = new Set(areas.map(({ id }) => id));
  const isHere = (area: Known) =>
    parent === undefined ? area.parent === undefined || !known.has(area.parent) : area.parent === parent;
  return areas.filter(isHere).flatMap((area) => [{ area, depth }, ...inOrder(areas, area.id, depth + 1)]);
}
