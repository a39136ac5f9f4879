/** What the log page was asked for, as it stands in its address: a link to it shows the same to a colleague. */

export const logCategories = ["access", "door", "alarm", "safety", "device", "system", "audit"] as const;
export type LogCategory = (typeof logCategories)[number];

export const lastSpans = ["day", "week", "month"] as const;
export type LastSpan = (typeof lastSpans)[number];

const dayMs = 86_400_000;
const spanMs: Readonly<Record<LastSpan, number>> = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs };

export interface LogAsked {
  readonly categories: readonly LogCategory[];
  readonly type?: string;
  readonly door?: string;
  readonly person?: string;
  /** Counted back from now; or from and until, ISO 8601 in UTC. */
  readonly last?: LastSpan;
  readonly from?: string;
  readonly until?: string;
}

/** Whatever somebody typed into the address: what is not understood is left out. */
export function logAsked(params: URLSearchParams): LogAsked {
  const given = (params.get("category") ?? "").split(",");
  const categories = logCategories.filter((category) => given.includes(category));
  const last = lastSpans.find((span) => span === params.get("last"));
  const type = matching(params.get("type"), /^[a-z]+\.[a-z-]+$/);
  const door = matching(params.get("door"), isId);
  const person = matching(params.get("person"), isId);
  const from = instant(params.get("from"));
  const until = instant(params.get("until"));
  return {
    categories,
    ...(type ? { type } : {}),
    ...(door ? { door } : {}),
    ...(person ? { person } : {}),
    ...(last ? { last } : { ...(from ? { from } : {}), ...(until ? { until } : {}) }),
  };
}

export function logAddress({ categories, ...asked }: LogAsked): string {
  const params = new URLSearchParams();
  if (categories.length > 0) params.set("category", categories.join(","));
  for (const name of ["type", "door", "person", "last", "from", "until"] as const) {
    const value = asked[name];
    if (value !== undefined) params.set(name, value);
  }
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text === "" ? "/events" : `/events?${text}`;
}

export interface EventsQuery {
  readonly categories?: string;
  readonly types?: string;
  readonly door?: string;
  readonly person?: string;
  readonly from?: string;
  readonly until?: string;
}

/** The same as the API is asked for it. */
export function eventsQuery(
  { categories, type, door, person, last, from, until }: LogAsked,
  now: Date,
): EventsQuery {
  const since = last ? new Date(now.getTime() - spanMs[last]).toISOString() : from;
  return {
    ...(categories.length > 0 ? { categories: categories.join(",") } : {}),
    ...(type ? { types: type } : {}),
    ...(door ? { door } : {}),
    ...(person ? { person } : {}),
    ...(since ? { from: since } : {}),
    ...(until ? { until } : {}),
  };
}

export const isAnything = (asked: LogAsked): boolean => logAddress(asked) === "/events";

const isId = /^[a-z0-9][a-z0-9-]{0,62}$/;

function matching(text: string | null, pattern: RegExp): string | undefined {
  return text !== null && text.length <= 64 && pattern.test(text) ? text : undefined;
}

function instant(text: string | null): string | undefined {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
