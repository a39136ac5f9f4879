/** The bench's figures as tables to read. */
import type { Climbed } from "./climb.js";
import type { Commits, Contender } from "./contenders.js";
import type { CoreFigures } from "./core-alone.js";
import { median } from "./percentiles.js";
import type { RoundFigures } from "./round.js";
import type { StartFigures } from "./start-and-idle.js";

export interface DoorRun {
  readonly run: number;
  readonly name: Contender["name"];
  readonly rounds: readonly RoundFigures[];
  readonly commits?: Commits;
}

export interface CeilingRun {
  readonly run: number;
  readonly name: Contender["name"];
  readonly climbed: Climbed;
  readonly commits?: Commits;
}

export interface Results {
  readonly conditions: {
    readonly at: string;
    readonly machine: string;
    readonly node: string;
    readonly loadBefore: number;
    readonly doors: number;
    readonly rounds: number;
    readonly seconds: number;
    readonly quick: boolean;
  };
  readonly doors?: readonly DoorRun[];
  readonly ceilings?: readonly CeilingRun[];
  readonly core?: readonly CoreFigures[];
  readonly start?: StartFigures;
  readonly cards?: Readonly<Record<string, unknown>>;
  readonly journal?: readonly Readonly<Record<string, unknown>>[];
}

const ours = "gateway";
const bound = "bare aedes";
/** The rate at which the house promises something. */
const promisedAt = 200;

export function reportOf(results: Results): string {
  const { conditions, doors, ceilings, core, start, cards, journal } = results;
  return [
    `Gatewarden bench, ${conditions.at}${conditions.quick ? " (quick: too short for figures that are to be kept)" : ""}`,
    `${conditions.machine}; Node.js ${conditions.node}; load average before ${conditions.loadBefore.toFixed(2)}`,
    ...(doors ? ["", ...doorLines(results, doors)] : []),
    ...(ceilings ? ["", ...ceilingLines(ceilings)] : []),
    ...(doors && ceilings ? ["", ...promises(doors, ceilings)] : []),
    ...(core ? ["", ...coreLines(core)] : []),
    ...(start ? ["", ...startLines(start)] : []),
    ...(cards ? ["", `Cards: ${plain(cards)}`] : []),
    ...(journal
      ? ["", "The journal alone, entries with one event each:", ...journal.map((line) => `  ${plain(line)}`)]
      : []),
    "",
  ].join("\n");
}

function doorLines({ conditions }: Results, runs: readonly DoorRun[]): string[] {
  const rates = runs[0]?.rounds.map(({ perSecond }) => perSecond) ?? [];
  const lines = [
    `Badge to unlock over ${conditions.doors} doors, in ms from the instant at which the card was due; median of ${conditions.rounds} runs`,
    `in turns, of ${conditions.seconds} s each. One subscriber of site/#. The limit of messages an account is raised to 100,000 a second.`,
    "",
  ];
  for (const perSecond of rates) {
    const rows = namesOf(runs).map((name) => {
      const rounds = roundsOf(runs, name, perSecond);
      const of = (what: (figures: RoundFigures) => number): string => ms(median(rounds.map(what)));
      const sum = (what: (figures: RoundFigures) => number): string =>
        String(rounds.reduce((total, figures) => total + what(figures), 0));
      return [
        name,
        of(({ unlockMs }) => unlockMs.p50),
        of(({ unlockMs }) => unlockMs.p99),
        of(({ unlockMs }) => unlockMs.p999),
        of(({ resultMs }) => resultMs.p50),
        of(({ resultMs }) => resultMs.p99),
        of(({ eventMs }) => eventMs.p99),
        sum(({ missing }) => missing.unlocks + missing.results + missing.events),
        sum(({ late }) => late),
        of(({ sentLateMs }) => sentLateMs.p99),
      ];
    });
    const head = [
      `${perSecond}/s`,
      ...[
        "unlock p50",
        "p99",
        "p99.9",
        "result p50",
        "p99",
        "event p99",
        "missing",
        "late",
        "own lateness p99",
      ],
    ];
    lines.push(...table([head, ...rows]), "");
  }
  lines.push(
    `Run by run at ${promisedAt}/s, unlock p99 in ms:`,
    ...table([
      ["run", ours, bound, "ratio", "commit p50", "commit p99"],
      ...runNumbers(runs).map((run) => {
        const own = runs.find((each) => each.run === run && each.name === ours);
        const p99 = (name: Contender["name"]): number =>
          roundsOf(
            runs.filter((each) => each.run === run),
            name,
            promisedAt,
          )[0]?.unlockMs.p99 ?? Number.NaN;
        return [
          String(run),
          ms(p99(ours)),
          ms(p99(bound)),
          (p99(ours) / p99(bound)).toFixed(2),
          ms(own?.commits?.p50Ms ?? Number.NaN),
          ms(own?.commits?.p99Ms ?? Number.NaN),
        ];
      }),
    ]),
  );
  return lines;
}

function ceilingLines(ceilings: readonly CeilingRun[]): string[] {
  const runs = runNumbers(ceilings);
  return [
    "The most that is sustained, decisions a second (98 % done, none missing or repeated, the queue not growing):",
    ...table([
      ["", ...runs.map((run) => `run ${run}`), "median", "of bare aedes"],
      ...namesOf(ceilings).map((name) => [
        name,
        ...ceilings
          .filter((each) => each.name === name)
          .map(({ climbed }) => `${climbed.most}${climbed.loadBound ? " (load at its end)" : ""}`),
        String(mostOf(ceilings, name)),
        `${Math.round((mostOf(ceilings, name) / mostOf(ceilings, bound)) * 100)} %`,
      ]),
    ]),
  ];
}

function promises(doors: readonly DoorRun[], ceilings: readonly CeilingRun[]): string[] {
  const p99 = (name: Contender["name"]): number =>
    median(roundsOf(doors, name, promisedAt).map(({ unlockMs }) => unlockMs.p99));
  const commit = median(doors.flatMap(({ commits }) => (commits ? [commits.p99Ms] : [])));
  const allowed = 3 * p99(bound) + commit;
  const missing = roundsOf(doors, ours, promisedAt).reduce((sum, each) => sum + each.missing.unlocks, 0);
  const share = mostOf(ceilings, ours) / mostOf(ceilings, bound);
  return [
    `Unlock p99 at ${promisedAt}/s: ${ms(p99(ours))} ms with ${missing} missing; 3 x ${ms(p99(bound))} + one commit ${ms(commit)} = ${ms(allowed)} ms: ${p99(ours) <= allowed && missing === 0 ? "held" : "NOT held"}`,
    `Sustained with the journal on: ${Math.round(share * 100)} % of bare aedes, at least 50 %: ${share >= 0.5 ? "held" : "NOT held"}`,
  ];
}

function coreLines(core: readonly CoreFigures[]): string[] {
  return [
    "The core alone, one thread, no wires and no disk, in microseconds a decision:",
    ...table([
      ["site", "decisions/s", "step p50", "p99", "next deadline p50", "p99"],
      ...core.map(({ doors, perSecond, stepUs, deadlineUs }) => [
        `${doors} doors`,
        String(perSecond),
        stepUs.p50.toFixed(1),
        stepUs.p99.toFixed(1),
        deadlineUs.p50.toFixed(1),
        deadlineUs.p99.toFixed(1),
      ]),
    ]),
  ];
}

function startLines({ emptyRssMb, firstConnectionMs }: StartFigures): string[] {
  return [
    `Empty gateway, 3 s after start: ${emptyRssMb} MB resident. Process start to first connection accepted: ${Math.round(firstConnectionMs)} ms (32 doors, 1,000 people).`,
  ];
}

// -------------------------------------------------------------------------------------------------------------- pieces

function namesOf(runs: readonly { readonly name: Contender["name"] }[]): Contender["name"][] {
  const names = new Set(runs.map(({ name }) => name));
  return ([ours, bound, "mosquitto"] as const).filter((name) => names.has(name));
}

function runNumbers(runs: readonly { readonly run: number }[]): number[] {
  return [...new Set(runs.map(({ run }) => run))];
}

function roundsOf(runs: readonly DoorRun[], name: string, perSecond: number): RoundFigures[] {
  return runs
    .filter((run) => run.name === name)
    .flatMap(({ rounds }) => rounds.filter((figures) => figures.perSecond === perSecond));
}

function mostOf(ceilings: readonly CeilingRun[], name: string): number {
  return median(ceilings.filter((each) => each.name === name).map(({ climbed }) => climbed.most));
}

function ms(value: number): string {
  return Number.isNaN(value) ? "-" : value.toFixed(2);
}

function plain(figures: Readonly<Record<string, unknown>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}

/** First column to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, k) =>
    Math.max(...rows.map((row) => row[k]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
