import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { sentence, whySentence } from "../../gateway/core/describe.js";
import { pulseUntil } from "../../gateway/core/door.js";
import { heldKind, heldLockOf, mayStayOpen, restate, situationOf } from "../../gateway/core/precedence.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Signal } from "../../gateway/core/signals.js";
import { applyChanges, emptyState } from "../../gateway/core/state.js";
import { requestOutcome, step } from "../../gateway/core/step.js";
import { siteView } from "../../gateway/core/views.js";
import { smallOffice } from "../stories/small-office.js";
import { aDay, afterwards, anOffice, copied, doorIds, everybody, live, runs } from "./any-day.js";

const olga = { kind: "operator", id: "olga" } as const;

describe("after any day", () => {
  test("an exit request releases its door at once, in that step", () => {
    fc.assert(
      fc.property(anOffice, aDay, fc.constantFrom(...doorIds), (sketch, day, door) => {
        const lived = live(sketch, day);
        // Where the handle opens the door, it is the handle that lets out.
        if (lived.site.doors.get(door)?.exitRequest?.unlocks === false) return;
        const { commands, events } = afterwards(lived, { type: "exit-requested", door });
        // Where leaving needs a card, an interlock may hold it, and nothing else.
        const refused = events.find(({ type, reason }) => type === "door.exit-requested" && reason);
        if (refused && lived.site.doors.get(door)?.exit === "controlled") {
          expect(refused.reason).toBe("interlock");
          return;
        }
        expect(commands).toContainEqual(
          expect.objectContaining({ type: "release-door", door, urgent: true }),
        );
      }),
      { numRuns: runs },
    );
  });

  test("an emergency release is ordered at once, and the door shows it until the reset", () => {
    fc.assert(
      fc.property(anOffice, aDay, fc.constantFrom(...doorIds), (sketch, day, door) => {
        const lived = live(sketch, day);
        const request = { op: "door.emergency-release", door } as const;
        const { events, commands, changes } = afterwards(lived, { type: "requested", by: olga, request });
        expect(commands).toContainEqual(
          expect.objectContaining({ type: "emergency-release-door", door, urgent: true }),
        );
        expect(requestOutcome(events)).toEqual({ ok: true });
        applyChanges(lived.state, changes);
        expect(siteView(lived.site, lived.state, lived.at).doors.find(({ id }) => id === door)?.lock).toBe(
          "released",
        );
      }),
      { numRuns: runs },
    );
  });

  test("after a tick the next deadline is later or absent", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const lived = live(sketch, day);
        const due = nextDeadline(lived.site, lived.state);
        if (due === undefined) return;
        const at = Math.max(due, lived.at);
        const { changes } = afterwards({ ...lived, at }, { type: "tick" });
        applyChanges(lived.state, changes);
        const next = nextDeadline(lived.site, lived.state);
        expect(next === undefined || next > at).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test("once nothing is due, every lock is held as the precedence wants it, and a leaf has a limit unless it may stand open", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const lived = live(sketch, day);
        applyChanges(lived.state, afterwards(lived, { type: "tick" }).changes);
        for (const door of lived.site.doors.values()) {
          const situation = situationOf(lived.site, lived.state, door, lived.at);
          const { own } = situation;
          expect(own.held?.kind).toBe(heldKind(heldLockOf(situation)));
          if (own.condition.is === "open")
            expect(own.condition.until === undefined).toBe(
              mayStayOpen(situation) || own.condition.propped === true,
            );
          if (door.contact === undefined) expect(["closed", "released"]).toContain(own.condition.is);
          if (own.position === "open") expect(["open", "held-open", "forced"]).toContain(own.condition.is);
          if (own.condition.is === "closed" && door.contact) expect(own.position).toBe("closed");
        }
      }),
      { numRuns: runs },
    );
  });

  test("every card was answered exactly once, and only a grant released for its scan", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const { signals, results } = live(sketch, day);
        results.forEach(({ events, commands }, i) => {
          const answers = commands.filter(({ type }) => type === "answer-scan");
          const type = signals[i]?.type ?? "tick";
          expect(answers).toHaveLength(["credential-presented", "keys-entered"].includes(type) ? 1 : 0);
          const pulsed = commands.some((command) => command.type === "release-door" && command.scan);
          if (pulsed) expect(events.some(({ type }) => type === "access.granted")).toBe(true);
        });
      }),
      { numRuns: runs },
    );
  });

  test("no command comes twice under one id in a step, and each is named after its signal or stated again", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const { signals, results } = live(sketch, day);
        const given = new Set<string>();
        results.forEach(({ commands }, i) => {
          const ids = commands.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(given.has(id) || id.startsWith(`${signals[i]?.id}.`)).toBe(true);
          for (const id of ids) given.add(id);
        });
      }),
      { numRuns: runs },
    );
  });

  test("a device that returns is told what holds now, and never a pulse", () => {
    fc.assert(
      fc.property(anOffice, aDay, fc.constantFrom(...doorIds), (sketch, day, id) => {
        const lived = live(sketch, day);
        const commands = restate(lived.site, lived.state, `${id}-lock`, lived.at);
        const held = lived.state.doors.get(id)?.held;
        expect(commands.some(({ type }) => type === "release-door")).toBe(false);
        expect(commands.filter(({ type }) => type !== "lock-door").map((command) => command.id)).toEqual(
          held ? [held.id] : [],
        );
      }),
      { numRuns: runs },
    );
  });

  test("an order to end a pulse names a release of that door that was given before, once", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const releases = new Map<string, string>();
        const ended = new Set<string>();
        for (const command of live(sketch, day).commands) {
          if (command.type === "release-door") releases.set(command.id, command.door);
          if (command.type !== "lock-door" || !command.pulse) continue;
          expect(releases.get(command.ends)).toBe(command.door);
          expect(ended.has(command.ends)).toBe(false);
          ended.add(command.ends);
        }
      }),
      { numRuns: runs },
    );
  });

  test("no leaf that may not be shut is closed on whoever is in its way", () => {
    fc.assert(
      fc.property(anOffice, aDay, fc.constantFrom(...doorIds), (sketch, day, id) => {
        const lived = live(sketch, day);
        const door = lived.site.doors.get(id);
        if (!door?.safetyEdge) return;
        const touched = { type: "safety-edge-changed", door: id, active: true, fault: null } as const;
        applyChanges(lived.state, afterwards(lived, touched).changes);
        const own = lived.state.doors.get(id);
        if (own?.position !== "closed") expect(own?.held).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  test("an exit request that is ignored or only masks the opening ends nothing and shortens nothing", () => {
    fc.assert(
      fc.property(anOffice, aDay, fc.constantFrom(...doorIds), (sketch, day, id) => {
        const lived = live(sketch, day);
        applyChanges(lived.state, afterwards(lived, { type: "tick" }).changes);
        const before = lived.state.doors.get(id)?.condition;
        const { changes, commands } = afterwards(lived, { type: "exit-requested", door: id });
        expect(commands.some(({ type }) => type === "lock-door")).toBe(false);
        applyChanges(lived.state, changes);
        const after = lived.state.doors.get(id)?.condition;
        if (before && after) expect(pulseUntil(after) ?? 0).toBeGreaterThanOrEqual(pulseUntil(before) ?? 0);
        if (before?.is === "open" && before.until !== undefined && after?.is === "open")
          expect(after.until).toBeGreaterThanOrEqual(before.until);
      }),
      { numRuns: runs },
    );
  });

  test("a restart keeps what was left of every time of a leaf", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        const lived = live(sketch, day);
        applyChanges(lived.state, afterwards(lived, { type: "tick" }).changes);
        const before = copied(lived.state);
        applyChanges(lived.state, afterwards(lived, { type: "started", version: "2" }).changes);
        for (const [id, was] of before.doors) {
          const now = lived.state.doors.get(id);
          if (was.condition.is === "open") {
            expect(now?.openBefore?.until).toBe(was.condition.until);
            expect(now?.openBefore?.propped).toBe(was.condition.propped);
          }
          if (was.condition.is === "held-open" || was.condition.is === "forced")
            expect(now?.condition).toEqual(was.condition);
          expect(pulseUntil(now?.condition ?? was.condition)).toBe(pulseUntil(was.condition));
          for (const kept of [
            "allowOpen",
            "override",
            "exitIgnoredUntil",
            "obstructed",
            "notSecured",
          ] as const)
            expect(now?.[kept]).toEqual(was[kept]);
          if (was.shunt?.until !== undefined) expect(now?.shunt).toEqual(was.shunt);
        }
      }),
      { numRuns: runs },
    );
  });

  test("every event makes a sentence, with no gap in it", () => {
    fc.assert(
      fc.property(anOffice, aDay, (sketch, day) => {
        for (const event of live(sketch, day).events) {
          const told = sentence(event, (_, id) => id);
          expect(told).not.toMatch(/[{}[\]]|undefined|\?/);
          expect(whySentence(event, (_, id) => id).endsWith(".")).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });
});

test("the same signals give the same events, commands and state, field for field", () => {
  fc.assert(
    fc.property(anOffice, aDay, (sketch, day) => {
      const first = live(sketch, day);
      const { site } = first;
      const state = emptyState();
      first.signals.forEach((signal, i) => {
        const result =
          signal.type === "site-activated"
            ? reconcile(undefined, site, state, signal)
            : step(site, everybody, state, structuredClone(signal) as Signal);
        expect(result).toEqual(first.results[i]);
        if ("changes" in result) applyChanges(state, result.changes);
      });
      expect(state).toEqual(first.state);
    }),
    { numRuns: runs },
  );
});

test("a step reads the state and leaves it as it was", () => {
  fc.assert(
    fc.property(anOffice, aDay, (sketch, day) => {
      const lived = live(sketch, day);
      const before = copied(lived.state);
      afterwards(lived, { type: "started", version: "2" });
      afterwards(lived, { type: "exit-requested", door: "front" });
      expect(lived.state).toEqual(before);
    }),
    { numRuns: runs },
  );
});

test("a new site never drops what is armed, released by fire or in an emergency, in alarm, secured or occupied", () => {
  const without = fc.record({
    doors: fc.subarray([...doorIds]),
    areas: fc.subarray(["lobby", "workshop", "server-room", "canteen"]),
  });
  const armed = fc.constantFrom("disarmed", "armed", "triggered" as const);
  fc.assert(
    fc.property(
      anOffice,
      aDay,
      anOffice,
      without,
      armed,
      fc.boolean(),
      (sketch, day, other, gone, is, bare) => {
        const lived = live(sketch, day);
        const { site, state, at } = lived;
        state.partitions.set("ground", is === "disarmed" ? { is } : { is, level: "away", since: at });
        const sketched = smallOffice({ ...other, revision: 2, without: gone });
        const next = bare
          ? { ...sketched, partitions: new Map(), sensors: new Map([...sketched.sensors].slice(1, 1)) }
          : sketched;
        const before = copied(state);
        const result = reconcile(site, next, state, {
          type: "site-activated",
          revision: 2,
          by: olga,
          id: "new",
          at,
        });
        expect(state).toEqual(before);
        if (!("events" in result)) {
          expect(result.length).toBeGreaterThan(0);
          for (const { path, message } of result)
            expect([path, message].every((text) => text !== "")).toBe(true);
          return;
        }
        applyChanges(state, result.changes);
        if (is !== "disarmed") expect(next.partitions.has("ground") && next.sensors.has("window")).toBe(true);
        for (const [id, fire] of before.fire)
          if (fire.is === "released") expect(next.sensors.get(id)?.type).toBe("fire");
        for (const [id, door] of before.doors) {
          const alarm = door.condition.is === "forced" || door.condition.is === "held-open";
          const kept =
            alarm || door.emergency || door.held?.kind === "emergency" || door.override?.mode === "secured";
          if (kept) expect(next.doors.has(id)).toBe(true);
          if (door.held?.kind === "emergency") expect(state.doors.get(id)?.held?.kind).toBe("emergency");
          if (door.held && !next.doors.has(id))
            expect(result.commands).toContainEqual(
              expect.objectContaining({ type: "lock-door", door: id, ends: door.held.id }),
            );
        }
        for (const { area } of before.whereabouts.values())
          expect(next.areas.has(area) || site.areas.get(area)?.outside).toBe(true);
      },
    ),
    { numRuns: runs },
  );
});

test("ids that are not of this site and values of any kind never throw, and release no door", () => {
  const odd = fc.oneof(
    fc.constantFrom("__proto__", "constructor", "toString", "", "' or 1=1 --", "\0", "x".repeat(65_536)),
    fc.string(),
  );
  const oddNumber = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300);
  const oddBody = fc.oneof(
    fc.record({
      type: fc.constant("credential-presented"),
      door: odd,
      side: odd,
      scan: odd,
      device: odd,
      credential: odd,
      shown: odd,
    }),
    fc.record({ type: fc.constant("exit-requested"), door: odd }),
    fc.record({
      type: fc.constant("contact-changed"),
      door: odd,
      position: odd,
      edge: fc.boolean(),
      fault: odd,
    }),
    fc.record({ type: fc.constant("lock-reported"), door: odd, locked: fc.boolean(), bolt: odd }),
    fc.record({
      type: fc.constant("sensor-changed"),
      sensor: odd,
      active: odd,
      fault: odd,
      edge: fc.boolean(),
    }),
    fc.record({ type: fc.constant("device-presence"), device: odd, online: fc.boolean() }),
    fc.record({
      type: fc.constant("order-failed"),
      device: odd,
      door: odd,
      command: odd,
      why: fc.constant("refused"),
    }),
    fc.record({
      type: fc.constant("requested"),
      by: fc.constant(olga),
      request: fc.oneof(
        fc.record({
          op: fc.constantFrom("door.unlock", "door.mode", "fire.reset", "door.explode"),
          door: odd,
          sensor: odd,
        }),
        fc.record({
          op: fc.constant("door.unlock"),
          door: fc.constant("front"),
          ms: fc.constantFrom(Number.NaN, -1, 0, 1e300),
        }),
        fc.record({ op: fc.constant("door.mode"), door: fc.constant("front"), mode: odd, until: oddNumber }),
        fc.record({ op: odd, door: fc.constant("front") }),
      ),
    }),
    fc.record({ type: fc.constant("clock-stepped"), byMs: oddNumber }),
    fc.record({ type: odd }),
  );
  fc.assert(
    fc.property(aDay, oddBody, (day, body) => {
      const { commands, events } = afterwards(live({}, day), body as never);
      if (body.type === "requested") expect(requestOutcome(events).ok).toBe(false);
      if (body.type === "credential-presented") {
        expect(events.map(({ type }) => type)).toEqual(["access.denied"]);
        expect(commands.map(({ type }) => type)).toEqual(["answer-scan"]);
      }
      expect(commands.some(({ type }) => type === "release-door")).toBe(false);
    }),
    { numRuns: runs },
  );
});
