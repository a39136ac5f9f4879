/** The core without wires and disk: one card after another, each step applied, the next deadline asked for as the engine does. */
import { activeSite } from "../../gateway/building.js";
import { DeadlineIndex } from "../../gateway/core/deadline-index.js";
import type { People } from "../../gateway/core/people.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Signal } from "../../gateway/core/signals.js";
import { applyChanges, emptyState } from "../../gateway/core/state.js";
import { type StepResult, step } from "../../gateway/core/step.js";
import { parseSite } from "../../gateway/site/document.js";
import { faultSite } from "../faults/building.js";
import { type Spread, spread } from "./percentiles.js";

export interface CoreFigures {
  readonly doors: number;
  /** Steps, their changes applied, a second. */
  readonly perSecond: number;
  readonly stepUs: Spread;
  readonly deadlineUs: Spread;
}

const people = 1_000;

export function coreAlone(decisions: number): CoreFigures[] {
  return [4, 32, 500].map((doors) => ofSite(doors, decisions));
}

function ofSite(doors: number, decisions: number): CoreFigures {
  const parsed = parseSite(faultSite(doors));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const from = Date.UTC(2026, 10, 23, 8);
  const { site } = activeSite(parsed.document, 1, from);
  const state = emptyState();
  let n = 0;
  let at = from;
  const signal = (body: object): Signal => ({ ...body, id: `s${++n}`, at }) as Signal;
  const by = { kind: "system", id: "bench" };
  const activated = reconcile(undefined, site, state, signal({ type: "site-activated", revision: 1, by }));
  if (!("changes" in activated)) throw new Error("the site was refused");
  applyChanges(state, (activated as StepResult).changes);
  const deadlines = new DeadlineIndex(site, state);
  const take = (body: object): void => {
    const { changes } = step(site, directory, state, signal(body));
    applyChanges(state, changes);
    deadlines.note(changes);
  };
  take({ type: "started", version: "bench" });
  for (const device of site.devices.keys()) take({ type: "device-presence", device, online: true });
  for (const door of site.doors.keys())
    take({ type: "contact-changed", door, position: "closed", edge: false, fault: null });

  const stepUs = new Float64Array(decisions);
  const deadlineUs = new Float64Array(decisions);
  const warmup = Math.min(decisions, 20_000);
  let workedMs = 0;
  for (let i = -warmup; i < decisions; i++) {
    // 200 cards a second, so that pulses end and doors come to rest as they would.
    at = from + (i + warmup) * 5;
    const due = deadlines.next();
    if (due !== undefined && due <= at) take({ type: "tick" });
    const k = (i + warmup) % doors;
    const body = {
      type: "credential-presented",
      door: `door-${k + 1}`,
      side: "outside",
      device: `io-${k + 1}`,
      scan: `scan-${i}`,
      shown: "…beef",
      credential: `c${(k * 4 + (i & 3) + 4) % people}`,
    };
    const begun = performance.now();
    const result = step(site, directory, state, signal(body));
    applyChanges(state, result.changes);
    const stepped = performance.now();
    deadlines.note(result.changes);
    deadlines.next();
    const asked = performance.now();
    if (i < 0) continue;
    stepUs[i] = (stepped - begun) * 1000;
    deadlineUs[i] = (asked - stepped) * 1000;
    workedMs += stepped - begun;
  }
  return {
    doors,
    perSecond: Math.round((decisions / workedMs) * 1000),
    stepUs: spread(stepUs),
    deadlineUs: spread(deadlineUs),
  };
}

const directory: People = {
  person: (id) => ({ id, version: 1, tenant: "main", groups: ["staff"], status: "active" }),
  credential: (id) => ({ id, version: 1, person: `p${id.slice(1)}`, status: "active" }),
};
