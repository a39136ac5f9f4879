/** A named place: a small company's ground floor, built by hand. Monday is 2026-11-23; local time is UTC + 1 h. */
import type { Credential, People, Person } from "../../gateway/core/people.js";
import type {
  Area,
  Door,
  FireAction,
  Group,
  Instant,
  Point,
  Schedule,
  Sensor,
  Site,
} from "../../gateway/core/site.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Local midnight of Monday, 2026-11-23. */
export const monday: Instant = Date.UTC(2026, 10, 22, 23);

/** `08:01:30` on a day of the week that begins with `monday` (0). */
export function local(time: string, day = 0): Instant {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return monday + day * dayMs + hours * hourMs + minutes * 60_000 + seconds * 1000;
}

/** Open on these weekdays (0: Monday) between two local times, for two weeks. */
export function weekly(id: string, days: readonly number[], from: string, to: string): Schedule {
  const spans: [Instant, Instant][] = [];
  for (let week = 0; week < 2; week++)
    for (const day of days) spans.push([local(from, week * 7 + day), local(to, week * 7 + day)]);
  return {
    id,
    name: id,
    starts: Float64Array.from(spans.map(([start]) => start)),
    ends: Float64Array.from(spans.map(([, end]) => end)),
    always: false,
  };
}

const always: Schedule = {
  id: "always",
  name: "Always",
  starts: new Float64Array(),
  ends: new Float64Array(),
  always: true,
};

export function point(text: string): Point {
  const [device = "", kind = "", n = "1"] = text.split("/");
  return { device, kind: kind as Point["kind"], n: Number(n) };
}

type DoorSketch = Partial<Omit<Door, "id">> & Pick<Door, "name" | "from" | "to">;

export function door(id: string, sketch: DoorSketch): Door {
  return {
    id,
    tenant: "main",
    passage: sketch.contact ? "contact" : "grant",
    unlockMs: 5_000,
    openMs: 30_000,
    mode: "card",
    exit: "free",
    lock: {
      point: point(`${id}-lock/lock/1`),
      kind: "fail-secure",
      mechanicalEgress: true,
      wiredRelease: false,
    },
    readers: { outside: point(`${id}-reader/reader/1`) },
    fire: new Map(),
    partitions: {},
    ...sketch,
  };
}

export interface OfficeSketch {
  /** What differs at a door from how it is here. */
  readonly doors?: Readonly<Record<string, Partial<Omit<Door, "id">>>>;
  /** What differs at an area. */
  readonly areas?: Readonly<Record<string, Partial<Omit<Area, "id">>>>;
  /** What differs in a group, or groups besides those of the office. */
  readonly groups?: Readonly<Record<string, Partial<Omit<Group, "id">>>>;
  /** Schedules besides those of the office. */
  readonly schedules?: readonly Schedule[];
  /** What differs in the site as a whole. */
  readonly site?: Partial<Site>;
  /** Doors besides those of the office, each made with `door`. */
  readonly more?: readonly Door[];
  /** What the fire input does, by door; the others: `exit-only`. */
  readonly fire?: Readonly<Record<string, FireAction>>;
  readonly onFault?: "release" | "trouble";
  readonly sensors?: readonly Sensor[];
  readonly without?: { readonly doors?: readonly string[]; readonly areas?: readonly string[] };
  readonly revision?: number;
}

/**
 * Front door: contact, exit button. Workshop: readers on both sides, contact. Server room: no contact at all. Turnstile: one
 * rotation a grant. Groups: `staff` all but the server room at office hours, `cleaners` the front in the evening, `it` the server
 * room always.
 */
export function smallOffice(sketch: OfficeSketch = {}): Site {
  const area = (id: string, name: string, more: object = {}) => ({
    id,
    name,
    tenant: "main",
    outside: false,
    ...more,
  });
  const areas = [
    area("street", "Street", { outside: true }),
    area("lobby", "Lobby"),
    area("workshop", "Workshop"),
    area("server-room", "Server room", { parent: "lobby" }),
    area("canteen", "Canteen"),
  ]
    .filter(({ id }) => !sketch.without?.areas?.includes(id))
    .map((sketched): Area => ({ ...sketched, ...sketch.areas?.[sketched.id] }));
  const fire = new Map(Object.entries(sketch.fire ?? {}));
  const doors = [
    door("front", {
      name: "Front door",
      from: "street",
      to: "lobby",
      contact: point("front-lock/input/1"),
      exitButton: point("front-lock/input/2"),
    }),
    door("workshop", {
      name: "Workshop door",
      from: "lobby",
      to: "workshop",
      contact: point("workshop-lock/input/1"),
      readers: { outside: point("workshop-reader/reader/1"), inside: point("workshop-reader/reader/2") },
    }),
    door("server", { name: "Server room door", from: "lobby", to: "server-room" }),
    door("turnstile", {
      name: "Turnstile",
      from: "lobby",
      to: "canteen",
      passage: "rotation",
      contact: point("turnstile-lock/input/1"),
      readers: { outside: point("turnstile-reader/reader/1"), inside: point("turnstile-reader/reader/2") },
    }),
    ...(sketch.more ?? []),
  ]
    .filter(({ id }) => !sketch.without?.doors?.includes(id))
    .map((sketched): Door => {
      const own = fire.get(sketched.id);
      const withFire = own ? { ...sketched, fire: new Map([["smoke", own]]) } : sketched;
      return { ...withFire, ...sketch.doors?.[sketched.id] };
    });
  const group = (id: string, doorsOf: Record<string, string[]>): Group => ({
    id,
    name: id,
    tenant: "main",
    doors: new Map(Object.entries(doorsOf)),
  });
  const sensors: Sensor[] = [
    {
      id: "smoke",
      name: "Smoke detectors",
      tenant: "main",
      type: "fire",
      role: "24-hour",
      point: point("panel/input/1"),
      onFault: sketch.onFault ?? "trouble",
    },
    {
      id: "window",
      name: "Lobby window",
      tenant: "main",
      type: "contact",
      role: "perimeter",
      point: point("panel/input/2"),
      area: "lobby",
      partition: "ground",
    },
    ...(sketch.sensors ?? []),
  ];
  const devices = new Set<string>(["panel"]);
  for (const { id } of doors) devices.add(`${id}-lock`).add(`${id}-reader`);
  const byId = <T extends { readonly id: string }>(entries: readonly T[]) =>
    new Map(entries.map((entry) => [entry.id, entry]));
  const workdays = [0, 1, 2, 3, 4];
  return {
    id: "hq",
    name: "Head office",
    revision: sketch.revision ?? 1,
    timeZone: "Europe/Berlin",
    compiledFrom: monday - 2 * dayMs,
    compiledUntil: monday + 14 * dayMs,
    offsets: [{ from: monday - 2 * dayMs, minutes: 60 }],
    tenants: byId([{ id: "main", name: "Main" }]),
    areas: byId(areas),
    doors: byId(doors),
    openings: new Map(),
    partitions: byId([{ id: "ground", name: "Ground floor", tenant: "main", members: [] }]),
    sensors: byId(sensors),
    devices: byId([...devices].map((id) => ({ id, name: id, driver: "mqtt" }))),
    groups: byId(
      [
        group("staff", { front: ["office"], workshop: ["office"], turnstile: ["office"] }),
        group("cleaners", { front: ["evening"] }),
        group("it", { server: ["always"], front: ["office"] }),
        ...Object.keys(sketch.groups ?? {})
          .filter((id) => !["staff", "cleaners", "it"].includes(id))
          .map((id) => group(id, {})),
      ].map((sketched): Group => ({ ...sketched, ...sketch.groups?.[sketched.id] })),
    ),
    schedules: byId([
      weekly("office", workdays, "07:00", "19:00"),
      weekly("evening", workdays, "18:00", "21:00"),
      weekly("opening", workdays, "09:00", "12:00"),
      always,
      ...(sketch.schedules ?? []),
    ]),
    ...sketch.site,
  };
}

export interface Staff extends People {
  /** The rows, as the database would hold them: a story may change them. */
  readonly rows: Map<string, Person>;
  readonly cards: Map<string, Credential>;
  readonly names: ReadonlyMap<string, string>;
}

type PersonSketch = Partial<Person> & { readonly name: string };
type CardSketch = Partial<Credential> & { readonly person: string };

/** Who works here, each with a card `card-…`; `changes` overrides rows. */
export function staff(
  changes: {
    readonly people?: Readonly<Record<string, Partial<Person>>>;
    /** People besides these, by id, each with a card. */
    readonly more?: Readonly<Record<string, Partial<Person> & { readonly name: string }>>;
    readonly cards?: Readonly<Record<string, Partial<Credential>>>;
  } = {},
): Staff {
  const people: Record<string, PersonSketch> = {
    ada: { name: "Ada Berg", groups: ["staff"] },
    ben: { name: "Ben Stein", groups: ["cleaners"] },
    cora: { name: "Cora Lind", groups: ["staff"], status: "blocked" },
    dan: { name: "Dan Roth", groups: ["staff"], validUntil: local("00:00") },
    eve: { name: "Eve Kern", groups: [] },
    finn: { name: "Finn Holm", groups: ["it", "staff"] },
    gil: { name: "Gil Mai", groups: ["staff"], validFrom: local("00:00", 7) },
    ...changes.more,
  };
  const cards: Record<string, CardSketch> = {
    "card-ada-old": { person: "ada", status: "lost" },
    "card-ada-spare": { person: "ada", validUntil: local("00:00") },
    "card-nobody": { person: "gone" },
  };
  for (const id of Object.keys(people)) cards[`card-${id}`] = { person: id };
  const rows = new Map(
    Object.entries(people).map(([id, { name: _, ...row }]): [string, Person] => [
      id,
      { id, version: 1, tenant: "main", groups: [], status: "active", ...row, ...changes.people?.[id] },
    ]),
  );
  const credentials = new Map(
    Object.entries(cards).map(([id, row]): [string, Credential] => [
      id,
      { id, version: 1, status: "active", ...row, ...changes.cards?.[id] },
    ]),
  );
  return {
    person: (id) => rows.get(id),
    credential: (id) => credentials.get(id),
    rows,
    cards: credentials,
    names: new Map(Object.entries(people).map(([id, { name }]) => [id, name])),
  };
}
