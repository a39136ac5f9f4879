/** Events as people read them at a terminal. */
import type { TraceLine } from "../core/events.js";
import { properties, wrap } from "./table.js";
import { printable } from "./terminal.js";

/** An event as it leaves the gateway. */
export interface ToldEvent {
  readonly id: string;
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: string;
  readonly severity: string;
  readonly sentence?: string;
  readonly revision?: number;
  readonly [field: string]: unknown;
}

/** `2026-11-24 20:04:11 91234 notice   Ben was not let in at Front door: …`, in this machine's local time. */
export function eventText(event: ToldEvent, columns: number): string {
  const head = `${localTime(event.at)} ${String(event.seq).padStart(6)} ${event.severity.padEnd(8)} `;
  const text = printable(event.sentence ?? plainSentence(event));
  const [firstLine = "", ...more] = wrap(text, Math.max(30, columns - head.length))
    .trimEnd()
    .split("\n");
  return [`${head}${firstLine}`, ...more.map((rest) => " ".repeat(head.length) + rest)]
    .join("\n")
    .concat("\n");
}

function plainSentence(event: ToldEvent): string {
  const facts = ["door", "person", "device", "sensor", "reason"]
    .filter((field) => typeof event[field] === "string")
    .map((field) => `${field} ${event[field]}`);
  return [event.type, ...facts].join(", ");
}

function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  // Swedish writes dates as ISO 8601 does.
  return at.toLocaleString("sv-SE");
}

/** What `event.why` answers. */
export interface Why {
  readonly event: ToldEvent;
  readonly sentence: string;
  readonly why?: string;
  readonly trace: readonly TraceLine[];
  readonly remedy: string | null;
}

export function whyText({ event, sentence, why, trace, remedy }: Why, columns: number): string {
  const rules = trace.map(([rule, answer]) => [rule, answer] as const);
  const facts = properties([
    ["when", `${localTime(event.at)} (${event.at})`],
    ["event", `${event.seq}, ${event.id}`],
    ["type", `${event.type}, ${event.severity}`],
    ["site revision", event.revision ?? "-"],
  ]);
  return [
    wrap(printable(why ?? sentence), columns),
    "\n",
    facts,
    ...(rules.length > 0
      ? ["\nRules, in the order in which they were asked:\n", ruleText(rules, columns)]
      : []),
    ...(remedy && why === undefined
      ? ["\n", wrap(`It would have been a grant: ${printable(remedy)}`, columns)]
      : []),
  ].join("");
}

function ruleText(rules: readonly (readonly [string, string])[], columns: number): string {
  const widest = Math.max(...rules.map(([rule]) => rule.length));
  return rules
    .map(([rule, answer]) => {
      const head = `  ${/^ok\b/.test(answer) ? "✓" : "✗"} ${printable(rule).padEnd(widest)}  `;
      const [first = "", ...more] = wrap(printable(answer), Math.max(30, columns - head.length))
        .trimEnd()
        .split("\n");
      return [`${head}${first}`, ...more.map((line) => " ".repeat(head.length) + line)]
        .join("\n")
        .concat("\n");
    })
    .join("");
}
