import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { incidentViews, partitionView } from "../../gateway/core/alarm/alarm-views.js";
import { profileTable } from "../../gateway/core/alarm/rules.js";
import { alarmIndex } from "../../gateway/core/alarm/zones.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { DeadlineIndex } from "../../gateway/core/deadline-index.js";
import { sentence } from "../../gateway/core/describe.js";
import { isSilent } from "../../gateway/core/events.js";
import { applyChanges } from "../../gateway/core/state.js";
import { step } from "../../gateway/core/step.js";
import { runs } from "./any-day.js";
import { aNight, aSite, type Lived, live, people } from "./any-night.js";

const night = (check: (lived: Lived) => void) =>
  fc.assert(
    fc.property(aSite, aNight, (site, moments) => check(live(site, moments))),
    { numRuns: runs },
  );

const isArmed = (is: string | undefined) => is === "armed" || is === "pending" || is === "triggered";
/** Signals with which nobody does anything. */
const nobody = new Set(["tick", "clock-stepped", "started", "device-presence", "exit-requested"]);

describe("after any night", () => {
  test("no armed partition was disarmed but by a person, or whoever has the right to", () => {
    night(({ steps }) => {
      for (const { signal, before, after, result } of steps)
        for (const [id, was] of before.partitions) {
          if (!isArmed(was.is) || isArmed(after.partitions.get(id)?.is)) continue;
          expect(nobody.has(signal.type), `${id} was ${was.is} before ${signal.type}`).toBe(false);
          const told = result.events.find(
            ({ type, partition }) => type === "alarm.disarmed" && partition === id,
          );
          expect(["person", "operator", "client", "sensor"]).toContain(told?.by?.kind);
        }
    });
  });

  test("people who leave are not locked into an alarm: an arming ends armed, pending, or told as not armed", () => {
    night(({ steps }) => {
      for (const { before, after, result } of steps)
        for (const [id, was] of before.partitions) {
          if (was.is !== "arming" || after.partitions.get(id)?.is !== "disarmed") continue;
          const told = result.events.some(
            ({ type, partition }) =>
              partition === id && (type === "alarm.not-armed" || type === "alarm.disarmed"),
          );
          expect(told).toBe(true);
        }
    });
  });

  test("every incident was ended by a person who closed it, and by nothing else", () => {
    night(({ steps }) => {
      for (const { signal, before, after, result } of steps)
        for (const id of before.incidents.keys()) {
          if (after.incidents.has(id)) continue;
          expect(signal).toMatchObject({
            type: "requested",
            request: { op: "incident.close", incident: id },
          });
          expect(
            result.events.some(({ type }) => type === "alarm.closed" || type === "alarm.silent-closed"),
          ).toBe(true);
        }
    });
  });

  test("every alarm that was told belongs to an incident, which is open then", () => {
    night(({ site, steps }) => {
      const raising = new Set([...alarmIndex(site).zones.values()].map(({ row }) => row.comes));
      for (const { after, result } of steps)
        for (const { type, incident } of result.events) {
          if (!raising.has(type) || !type.startsWith("alarm.")) continue;
          expect(incident, type).toBeDefined();
          expect(after.incidents.has(incident ?? "")).toBe(true);
        }
    });
  });

  test("delays keep within the bounds of the profile, and sirens within their limit", () => {
    night(({ site, steps }) => {
      const row = profileTable[site.alarm?.profile ?? "custom"];
      for (const { signal, before, after, result } of steps) {
        if (signal.type === "clock-stepped" || signal.type === "started") continue;
        for (const [id, own] of after.partitions) {
          if (before.partitions.get(id)?.is === own.is) continue;
          if (own.is === "pending") expect(own.until - signal.at).toBeLessThanOrEqual(row.entryMs.most);
          if (own.is === "arming") expect(own.until - signal.at).toBeLessThanOrEqual(row.exitMs.most);
        }
        for (const command of result.commands)
          if (command.type === "set-output" && command.on) expect(command.ms).toBeLessThanOrEqual(180_000);
      }
    });
  });

  test("after a tick the next deadline is later or absent, and the index knows it as well", () => {
    night(({ site, state, at, steps }) => {
      expect(new DeadlineIndex(site, state).next()).toBe(nextDeadline(site, state));
      const due = nextDeadline(site, state);
      if (due === undefined) return;
      const then = Math.max(due, at);
      applyChanges(
        state,
        step(site, people, state, { type: "tick", id: `s${steps.length + 1}`, at: then }).changes,
      );
      const next = nextDeadline(site, state);
      expect(next === undefined || next > then).toBe(true);
    });
  });

  test("a restart at once arms, disarms, raises, closes and sounds nothing, and keeps what was left of every delay", () => {
    night(({ site, state, at: last, steps }) => {
      const at = last + 1;
      // What is due is worked first, as it would have been.
      applyChanges(state, step(site, people, state, { type: "tick", id: "t1", at }).changes);
      const { events, commands, changes } = step(site, people, state, {
        type: "started",
        version: "2",
        downSince: at,
        id: `s${steps.length + 2}`,
        at,
      });
      const after = { ...state, partitions: new Map(state.partitions), incidents: new Map(state.incidents) };
      applyChanges(
        after,
        changes.filter(({ kind }) => kind === "partitions" || kind === "incidents"),
      );
      expect(after.partitions).toEqual(state.partitions);
      expect(after.incidents).toEqual(state.incidents);
      expect(changes.filter(({ kind }) => kind === "sirens")).toEqual([]);
      expect(commands.filter(({ type }) => type === "set-output")).toEqual([]);
      expect(events.filter(({ type }) => type.startsWith("alarm."))).toEqual([]);
    });
  });

  test("nothing of a silent incident is told on any event that is not silent, and nothing sounds for it", () => {
    night(({ steps }) => {
      for (const { signal, before, after, result } of steps) {
        for (const { type, incident, data } of result.events) {
          const own = after.incidents.get(incident ?? "") ?? before.incidents.get(incident ?? "");
          if (own?.silent) expect(isSilent(type), type).toBe(true);
          expect(isSilent(type) || !JSON.stringify(data ?? {}).includes("counter"), type).toBe(true);
        }
        for (const { incident } of after.sirens.values())
          expect(after.incidents.get(incident ?? "")?.silent).toBeUndefined();
        if (signal.type === "sensor-changed" && signal.sensor === "counter" && !signal.fault) {
          // An open incident of its line (tampered once) is not silent, and may fall due in the same step.
          const seen = result.events.filter(
            ({ sensor, type, incident }) =>
              sensor === "counter" && !isSilent(type) && !before.incidents.has(incident ?? ""),
          );
          expect(
            seen.map(({ type }) => type).filter((type) => !/fault|test|bypass|tamper/.test(type)),
          ).toEqual([]);
        }
      }
    });
  });

  test("what is left out while armed was left out before, or by itself as it was armed", () => {
    night(({ site, steps }) => {
      const { zones } = alarmIndex(site);
      for (const { before, after } of steps)
        for (const [id, own] of after.zones) {
          if (!own.bypass || before.zones.get(id)?.bypass) continue;
          const armed = zones.get(id)?.partitions.some((each) => isArmed(before.partitions.get(each)?.is));
          expect(armed === true && !own.bypass.auto, id).toBe(false);
        }
    });
  });

  test("every event can be told, in both languages, and every view made", () => {
    night(({ site, state, steps }) => {
      for (const { result } of steps)
        for (const event of result.events)
          for (const language of ["en", "de"] as const)
            expect(sentence(event, (kind, id) => `${kind} ${id}`, language)).not.toMatch(/[{}[\]]|undefined/);
      for (const partition of site.partitions.values()) partitionView(site, state, partition);
      incidentViews(site, state);
    });
  });
});
