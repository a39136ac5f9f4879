/**
 * The same signals give the same events: walks the journalled signals through the core again, with the site and the rows of
 * people that each of them met. What a rehearsal of a rule change and the building's state at a past instant are built on.
 */
import { activeSite } from "./building.js";
import type { EventBody } from "./core/events.js";
import { type Credential, type People, type Person, pinIdOf } from "./core/people.js";
import { reconcile } from "./core/reconcile.js";
import type { Signal } from "./core/signals.js";
import type { Site } from "./core/site.js";
import { applyChanges, emptyState, type MutableState } from "./core/state.js";
import { type StepResult, step } from "./core/step.js";
import { emergencyRows } from "./emergency/badges.js";
import type { ActiveSite } from "./engine.js";
import { parseSite } from "./site/document.js";
import { coreCredential } from "./store/people-types.js";
import type { Store } from "./store/store.js";

export interface Replayed {
  readonly signal: Signal;
  /** What the core says now. */
  readonly events: readonly EventBody[];
  /** What the journal holds, without the engine's stamps. */
  readonly journalled: readonly EventBody[];
}

const signalsAtOnce = 500;

/**
 * Replays in order the signals numbered above `after`; `state` is the building as it was then, and after each signal that is
 * yielded as it was after that one. Where old signals have gone, a snapshot gives both.
 */
export async function* replay(
  store: Store,
  state: MutableState = emptyState(),
  after = 0,
): AsyncGenerator<Replayed> {
  let active: ActiveSite | undefined;
  for (;;) {
    const kept = await store.signals.read(after, signalsAtOnce);
    if (kept.length === 0) return;
    for (const { n, signal, revision, read, events } of kept) {
      after = n;
      const before = active?.site;
      if (active?.site.revision !== revision) active = await siteOf(store, revision, signal);
      if (active && outgrown(active.site, signal)) active = { ...active, site: active.recompile(signal.at) };
      const result = await again(store, state, signal, active?.site, before, read);
      applyChanges(state, result.changes);
      yield { signal, events: result.events, journalled: events.map(withoutStamps) };
    }
  }
}

/** Months of signals do not fit into one compiled window. */
function outgrown(site: Site, { at }: Signal): boolean {
  const margin = (site.compiledUntil - site.compiledFrom) / 4;
  return at > site.compiledUntil - margin * 2 || at < site.compiledFrom + margin / 4;
}

async function again(
  store: Store,
  state: MutableState,
  signal: Signal,
  site: Site | undefined,
  before: Site | undefined,
  read: Readonly<Record<string, number>>,
): Promise<StepResult> {
  if (!site) return { events: signal.type === "noted" ? [signal.event] : [], changes: [], commands: [] };
  if (signal.type !== "site-activated") return step(site, await peopleOf(store, read), state, signal);
  const result = reconcile(before, site, state, signal);
  if (Array.isArray(result)) throw new Error(`revision ${site.revision} was activated and cannot be again`);
  return result as StepResult;
}

async function siteOf(store: Store, revision: number, signal: Signal): Promise<ActiveSite | undefined> {
  if (revision === 0) return undefined;
  const parsed = parseSite((await store.sites.get(revision))?.document);
  if (!parsed.ok) throw new Error(`site revision ${revision} cannot be read`);
  return activeSite(parsed.document, revision, signal.at);
}

/** The rows as they were: by the versions that the step noted. */
async function peopleOf(store: Store, read: Readonly<Record<string, number>>): Promise<People> {
  const people = new Map<string, Person>();
  const credentials = new Map<string, Credential>();
  for (const [id, version] of Object.entries(read)) {
    const emergency = emergencyRows(id);
    if (emergency) {
      people.set(id, emergency.person);
      credentials.set(id, emergency.credential);
      continue;
    }
    const kept = await store.people.at(id, version);
    if (kept?.kind === "person") people.set(id, kept.row);
    else if (kept?.kind === "credential") credentials.set(id, coreCredential(kept.row));
  }
  return {
    person: (id) => people.get(id),
    credential: (id) => {
      const row = credentials.get(id);
      const pin = row && row.kind !== "pin" && credentials.get(pinIdOf(row.person));
      return row && pin && pin.status === "active" ? { ...row, hasPin: true } : row;
    },
  };
}

function withoutStamps(event: EventBody): EventBody {
  const {
    v: _v,
    id: _id,
    seq: _seq,
    at: _at,
    site: _site,
    revision: _revision,
    signal: _signal,
    ...body
  } = event as EventBody & Record<string, unknown>;
  return body;
}
