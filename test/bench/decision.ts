/**
 * What one decision costs with every rule at work: a million people with a card each in the real index, 5,000 groups, 500 doors,
 * areas with anti-passback, occupancy and escort, conditions and denials. Run: `npx tsx test/bench/decision.ts [people]`. Prints
 * one line of JSON, times in microseconds: `judge` is look-up and rules, `step` the whole of a card at a reader, from the signal
 * to events and commands; of each by what it came to.
 *
 * A machine that is shared takes the processor away for some 20 µs about two thousand times a second (`interruptions`, counted in
 * the same run), so that a few of a hundred decisions of 10 µs are hit whatever they cost. `judge.own` is therefore what each
 * decision costs itself: the whole sequence is decided five times over, so that every one finds cold memory again, and of each
 * decision the median of its five times is taken.
 */
import { standing } from "../../gateway/core/access/building.js";
import { judge } from "../../gateway/core/access/judge.js";
import { accessRequest, hostOf } from "../../gateway/core/access/request.js";
import type { People, Person } from "../../gateway/core/people.js";
import type { Signal } from "../../gateway/core/signals.js";
import type { AccessLine, Area, Door, Group, ScheduleId, Site } from "../../gateway/core/site.js";
import { applyChanges, emptyState } from "../../gateway/core/state.js";
import { step } from "../../gateway/core/step.js";
import { CardIndex } from "../../gateway/store/card-index.js";
import { door, local, point, smallOffice, weekly } from "../stories/small-office.js";

const people = Number(process.argv[2] ?? 1_000_000);
const doors = 500;
const areas = 100;
const groups = 5_000;
const schedules = 40;
const samples = Number(process.argv[3] ?? 200_000);
const warmUp = samples / 4;

const at10 = local("10:00");
const from7 = local("07:00");
const until20 = local("20:00");
const trainedUntil = Array.from({ length: 60 }, (_, n) => local("00:00", n));

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function site(): Site {
  const base = smallOffice();
  const areaOf = (n: number): Area => ({
    id: `area-${n}`,
    name: `Area ${n}`,
    tenant: "main",
    outside: false,
    ...(n % 3 === 0 ? { parent: "lobby" } : {}),
    passback: pick([{ kind: "hard" }, { kind: "soft" }, { kind: "timed", forMs: 600_000 }] as const, n),
    occupancy: n % 10 === 0 ? { min: 2, max: 50_000 } : { max: 50_000 },
    ...(n % 5 === 0 ? { escort: true } : {}),
  });
  const doorOf = (n: number): Door =>
    door(`door-${n}`, {
      name: `Door ${n}`,
      from: "lobby",
      to: `area-${n % areas}`,
      contact: point(`io-${n}/input/1`),
      readers: { outside: point(`io-${n}/reader/1`), inside: point(`io-${n}/reader/2`) },
      exit: n % 2 === 0 ? "controlled" : "free",
      ...(n % 25 === 0 ? { persons: { count: 2, withinMs: 15_000 } } : {}),
    });
  const scheduleOf = (n: number) =>
    weekly(`schedule-${n}`, [0, 1, 2, 3, 4, 5, 6], "06:00", `${12 + (n % 10)}:00`);
  const groupOf = (n: number): Group => {
    const plain = new Map<string, ScheduleId[]>();
    const lines = new Map<string, AccessLine[]>();
    for (let i = 0; i < 40; i++) {
      const id = `door-${(n * 7 + i * 11) % doors}`;
      const schedule = `schedule-${(n + i) % schedules}`;
      if (i % 4 !== 0) plain.set(id, [schedule]);
      else
        lines.set(id, [
          {
            schedule,
            deny: i % 16 === 0,
            when: pick<AccessLine["when"]>(
              [
                { training: "first-aid" },
                { disarmed: "ground" },
                { input: { sensor: "window", is: "quiet" } },
                { presentIn: "lobby" },
              ],
              n + i,
            ),
          },
        ]);
    }
    return { id: `group-${n}`, name: `Group ${n}`, tenant: "main", doors: plain, lines };
  };
  const upTo = <T extends { readonly id: string }>(count: number, of: (n: number) => T): Map<string, T> =>
    new Map(Array.from({ length: count }, (_, n) => of(n)).map((each) => [each.id, each]));
  return {
    ...base,
    areas: new Map([...base.areas, ...upTo(areas, areaOf)]),
    doors: upTo(doors, doorOf),
    groups: upTo(groups, groupOf),
    schedules: new Map([...base.schedules, ...upTo(schedules, scheduleOf)]),
    interlocks: new Map([
      ...upTo(100, (n) => ({ id: `trap-${n}`, name: `Trap ${n}`, doors: [`door-${n}`, `door-${n + 100}`] })),
    ]),
    doorGroups: new Map([
      ["all", { id: "all", name: "All", doors: Array.from({ length: doors }, (_, n) => `door-${n}`) }],
    ]),
    threatLevels: [
      { id: "usual", name: "Usual", modes: new Map() },
      { id: "raised", name: "Raised", modes: new Map(), deny: ["group-13"] },
    ],
  };
}

const index = new CardIndex();
index.reserve(people, people);
for (let n = 0; n < people; n++) {
  // Every third has what few have besides, in the same text as in a real house.
  const more: Partial<Person> =
    n % 3 === 0
      ? {
          traits: n % 9 === 0 ? ["needs-escort"] : ["escort", "extended-time"],
          trainings: { "first-aid": trainedUntil[n % 60] as number },
          temporary: [{ door: `door-${n % doors}`, from: from7, until: until20 }],
          ...(n % 6 === 0 ? { host: `p${(n * 31) % people}` } : {}),
        }
      : {};
  index.putPerson({
    id: `p${n}`,
    name: `Given ${n} Family`,
    version: 1,
    tenant: "main",
    // A million people share some thousand sets of groups, as in a real house.
    groups: Array.from({ length: 1 + (n % 12) }, (_, i) => `group-${((n % 5_000) + i * 41) % groups}`),
    status: n % 97 === 0 ? "blocked" : "active",
    ...(n % 5 === 0 ? { validUntil: local("00:00", 90) } : {}),
    ...more,
  });
  index.putCredential({
    id: `c${n}`,
    version: 1,
    person: `p${n}`,
    status: n % 89 === 0 ? "suspended" : "active",
    value: `H10301:${n >> 16}/${n & 0xffff}`,
    ...(n % 50 === 0 ? { maxUses: 3 } : {}),
  });
}
const directory: People = { person: (id) => index.person(id), credential: (id) => index.credential(id) };

const house = site();
const state = emptyState();
for (const id of house.doors.keys()) state.doors.set(id, { condition: { is: "closed" }, position: "closed" });
for (const { id } of house.sensors.values()) state.sensors.set(id, { active: false, fault: null, since: 0 });
// Ten thousand people are in the building.
for (let n = 0; n < 10_000; n++)
  state.whereabouts.set(`p${(n * 17) % people}`, {
    area: `area-${n % areas}`,
    since: local("07:00") + n,
    by: "door-0",
    how: n % 50 === 0 ? "uncertain" : "seen",
  });

/** Times by what it came to. */
class Times {
  readonly #by = new Map<string, number[]>();

  add(what: string, ms: number): void {
    const known = this.#by.get(what);
    if (known) known.push(ms * 1000);
    else this.#by.set(what, [ms * 1000]);
  }

  figures(): object {
    const all = [...this.#by.values()].flat();
    return Object.fromEntries(
      [["all", all] as const, ...this.#by].map(([what, list]) => {
        const sorted = list.sort((a, b) => a - b);
        const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
        return [what, { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(0.999999) }];
      }),
    );
  }
}

const building = standing(house, state);

function judgeOne(i: number): { readonly is: string; readonly ms: number } {
  const id = `c${(i * 7_919) % people}`;
  const at = house.doors.get(`door-${(i * 13) % doors}`) as Door;
  const begun = performance.now();
  const credential = directory.credential(id);
  const person = credential && directory.person(credential.person);
  const host = hostOf(directory, person);
  const request = accessRequest(house, building, at, "outside", at10, {
    credential,
    person,
    host,
  });
  const { is } = judge(request);
  return { is, ms: performance.now() - begun };
}

function judgeAll(times: Times, count: number): void {
  for (let i = 0; i < count; i++) {
    const { is, ms } = judgeOne(i);
    times.add(is, ms);
  }
}

/** Of each decision the median of five, each time after all the others. */
function ownTimes(): object {
  const passes = Array.from({ length: 5 }, () => Array.from({ length: samples }, (_, i) => judgeOne(i)));
  const own = new Times();
  for (let i = 0; i < samples; i++) {
    const taken = passes.map((pass) => pass[i]?.ms ?? 0).sort((a, b) => a - b);
    own.add(passes[0]?.[i]?.is ?? "", taken[2] ?? 0);
  }
  return own.figures();
}

/** How often a second of doing nothing but asking for the time is interrupted for more than 20 µs. */
function interruptions(): number {
  const until = performance.now() + 1_000;
  let count = 0;
  for (let last = performance.now(), now = last; now < until; last = now) {
    now = performance.now();
    if (now - last > 0.02) count++;
  }
  return count;
}

function stepAll(times: Times, count: number): void {
  for (let i = 0; i < count; i++) {
    const n = (i * 7_919) % people;
    const signal: Signal = {
      type: "credential-presented",
      id: `s${i}`,
      at: at10 + i * 10,
      door: `door-${(i * 13) % doors}`,
      side: "outside",
      scan: `scan-${i}`,
      device: `io-${(i * 13) % doors}`,
      shown: "…beef",
      credential: `c${n}`,
    };
    const begun = performance.now();
    const { events, changes } = step(house, directory, state, signal);
    const took = performance.now() - begun;
    times.add(events.find(({ decidedBy }) => decidedBy)?.type ?? "none", took);
    applyChanges(state, changes);
  }
}

/** Also the processor's time, which other processes on the machine do not spoil, as the mean of all. */
function measured(run: (times: Times, count: number) => void): object {
  run(new Times(), warmUp);
  const times = new Times();
  const before = process.cpuUsage();
  run(times, samples);
  const { user, system } = process.cpuUsage(before);
  return { ...times.figures(), cpuMean: Math.round(((user + system) / samples) * 10) / 10 };
}

/** What this machine takes for one look-up in a map of 500, in nanoseconds, so that figures of a busy one can be read. */
function mapLookupNs(): number {
  const keys = [...house.doors.keys()];
  const before = process.cpuUsage();
  let found = 0;
  for (let i = 0; i < 5_000_000; i++) if (house.doors.has(keys[i % doors] as string)) found++;
  const { user } = process.cpuUsage(before);
  if (found !== 5_000_000) throw new Error("doors are missing");
  return Math.round((user * 1000) / found);
}

const judged = { ...measured(judgeAll), own: ownTimes() };
const stepped = measured(stepAll);
console.log(
  JSON.stringify({
    people,
    groups,
    doors,
    judge: judged,
    step: stepped,
    mapLookupNs: mapLookupNs(),
    interruptions: interruptions(),
    node: process.version,
  }),
);
