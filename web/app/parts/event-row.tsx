import { memo } from "react";
import { Link } from "wouter";
import type { SiteEvent } from "../api.js";
import type { Row } from "../passages.js";
import { capital } from "../text.js";
import type { SiteTime } from "../time.js";
import { useWords, type Words } from "../words/words.js";

export const isDenial = ({ type }: SiteEvent): boolean => type === "access.denied";
export const isUnknownCard = (event: SiteEvent): boolean =>
  isDenial(event) && event.person === undefined && event.shown !== undefined;
export const isTrouble = (event: SiteEvent): boolean =>
  event.severity === "warning" || event.severity === "critical" || event.type.startsWith("access.denied");

/** Sizes that sheets/happened.css draws by, in pixels; letters a line are a cautious guess for the width of the column. */
const linePx = 22;
const morePx = { none: 0, steps: 20, buttons: 28 };
const paddingPx = 18;
const lettersPerLine = { wide: 58, narrow: 32 };
const mostLines = { wide: 2, narrow: 3 };

export interface RowSize {
  readonly lines: number;
  readonly heightPx: number;
}

const sizes = new Map<string, RowSize>();

/** Known without drawing the row, so that a long list needs only what is on the screen. */
export function rowSize(row: Row, sentence: string, width: "wide" | "narrow"): RowSize {
  const lines = Math.min(mostLines[width], Math.max(1, Math.ceil(sentence.length / lettersPerLine[width])));
  const more = isDenial(row.lead)
    ? "buttons"
    : row.steps.length > 1 || row.lead.durable === false
      ? "steps"
      : "none";
  // One object a size, so that a row that did not change is not drawn again.
  const key = `${lines} ${more}`;
  const size = sizes.get(key) ?? {
    lines,
    heightPx: lines * linePx + morePx[more] + paddingPx,
  };
  sizes.set(key, size);
  return size;
}

export function sentenceOf(row: Row, words: Words, doorName: (id: string) => string): string {
  if (row.left && row.lead.door) return words.live.left(doorName(row.lead.door));
  return capital(row.lead.sentence);
}

export const EventRow = memo(function EventRow({
  row,
  size,
  time,
  sentence,
  day,
  onAssign,
}: {
  readonly row: Row;
  readonly size: RowSize;
  readonly time: SiteTime;
  readonly sentence: string;
  /** Shown if it was not today. */
  readonly day: string | undefined;
  readonly onAssign: ((event: SiteEvent) => void) | undefined;
}) {
  const { live } = useWords();
  const { lead } = row;
  const at = new Date(row.at);
  const severity = { info: "", notice: "", warning: `${live.warning}: `, critical: `${live.alarm}: ` }[
    lead.severity
  ];
  const denial = isDenial(lead);
  return (
    <li
      className="event"
      style={{ height: size.heightPx }}
      data-lines={size.lines}
      data-severity={lead.severity}
      data-denial={denial || undefined}
    >
      <time dateTime={row.at}>
        {time.time(at)}
        {day && <small>{day}</small>}
      </time>
      <div className="event-body">
        <p className="event-sentence">
          {severity && <span className="only-heard">{severity}</span>}
          <Link href={`/events/${lead.id}`} title={sentence}>
            {sentence}
          </Link>
        </p>
        <div className="event-more">
          <p className="event-steps">
            {denial ? (lead.remedy ?? "") : <Steps row={row} />}
            {lead.durable === false && ` ${live.notOnDisk}`}
          </p>
          {denial && (
            <Link href={`/events/${lead.id}`} className="mini" aria-label={live.whyOf(sentence)}>
              {live.why}
            </Link>
          )}
          {onAssign && isUnknownCard(lead) && (
            <button
              type="button"
              className="mini"
              data-main
              aria-label={live.assignOf(lead.shown ?? "")}
              onClick={() => onAssign(lead)}
            >
              {live.assign}
            </button>
          )}
        </div>
      </div>
    </li>
  );
});

/** "let in · opened +1 s · through · closed +4 s" */
function Steps({ row: { steps, at } }: { readonly row: Row }) {
  const { live, time } = useWords();
  if (steps.length < 2) return null;
  return steps.map((step, n) => {
    const later = Math.round((Date.parse(step.at) - Date.parse(at)) / 1000);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
      <span key={n} className="step">
        {live.steps[step.name]}
        {later > 0 && <span className="step-later"> +{time.seconds(later)}</span>}
      </span>
    );
  });
}
