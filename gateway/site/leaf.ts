/** What the site document says of a door's leaf and lock beyond their terminals: times, alarms, exit requests, gates. */
import { z } from "zod";
import { type Door, doorKinds, relocks } from "../core/site.js";
import type { Fault } from "../ports.js";
import { defaults, relockOf } from "./defaults.js";
import type { DoorEntry } from "./document.js";
import { pointAt } from "./points.js";
import { pointOf } from "./shapes.js";

/** A lock and a leaf have 1 to 240 s each. */
const doorTime = z.int().min(1_000).max(240_000);

const exitRequest = z.strictObject({
  unlocks: z
    .boolean()
    .exactOptional()
    .describe(
      "false: the handle opens the door, and the request only tells that the opening is no forced one",
    ),
  ignoreAfterGrantMs: z
    .int()
    .min(0)
    .max(60_000)
    .exactOptional()
    .describe("So long after a grant a request is no event and masks no opening; it still unlocks"),
  ignoreAfterCloseMs: z
    .int()
    .min(0)
    .max(60_000)
    .exactOptional()
    .describe("The same after the leaf has closed"),
});

/** The fields of a door, beside those of `document.ts`. */
export const leafFields = {
  kind: z
    .enum(doorKinds)
    .exactOptional()
    .describe("gate, barrier and turnstile let one through a grant; default door"),
  unlockMs: doorTime.exactOptional().describe("How long a grant or exit releases the lock; default 5000"),
  openMs: doorTime
    .exactOptional()
    .describe("How long the leaf may stand open before it is held open; default 30000"),
  extended: z
    .strictObject({ unlockMs: doorTime.exactOptional(), openMs: doorTime.exactOptional() })
    .exactOptional()
    .describe("The same two for people who need longer (trait extended-time)"),
  preAlarmMs: z
    .int()
    .min(1_000)
    .max(239_000)
    .exactOptional()
    .describe("So long before it is held open the readers of the door warn; default: they do not"),
  heldOpen: z
    .strictObject({
      repeatMs: z.int().min(60_000).max(86_400_000).exactOptional().describe("Told again at this interval"),
    })
    .exactOptional()
    .describe("Held open is one event, or with repeatMs one again and again until the door is closed"),
  relock: z
    .enum(relocks)
    .exactOptional()
    .describe(
      "When a passage ends the release: timer, open (the leaf opens) or close (it has closed again); default timer, of gates, barriers and turnstiles with a contact close",
    ),
  exitRequest: exitRequest.exactOptional().describe("What an exit request does here"),
  keySwitch: pointOf("input")
    .exactOptional()
    .describe("Active while a key is turned in the cylinder: an opening by key is not forced"),
  bolt: z
    .strictObject({
      kind: z.enum(["bolt", "bond"]),
      securedWithinMs: z.int().min(1_000).max(60_000).exactOptional().describe("Default 5000"),
    })
    .exactOptional()
    .describe("The lock says whether it holds; closed and not secured in time is a trouble"),
  loop: pointOf("input").exactOptional().describe("Active while a vehicle stands before the gate"),
  needsLoop: z
    .boolean()
    .exactOptional()
    .describe("Nobody is let in from the outside without a vehicle on the loop"),
  safetyEdge: pointOf("input")
    .exactOptional()
    .describe("Active while something is in the way of the leaf: it opens again and is not closed on it"),
} as const;

/** What does not fit together. */
export function leafFaults(door: DoorEntry, path: string): Fault[] {
  const { id, contact, exitRequest: exit, preAlarmMs, openMs = defaults.openMs } = door;
  const faults: Fault[] = [];
  const fault = (field: string, message: string) => faults.push({ path: `${path}.${field}`, message });
  if (contact === undefined) {
    const needs: readonly (readonly [string, unknown])[] = [
      ["preAlarmMs", preAlarmMs],
      ["heldOpen", door.heldOpen],
      ["relock", door.relock === "timer" ? undefined : door.relock],
      ["safetyEdge", door.safetyEdge],
      ["exitRequest.ignoreAfterCloseMs", exit?.ignoreAfterCloseMs],
      ["extended.openMs", door.extended?.openMs],
    ];
    for (const [field, value] of needs)
      if (value !== undefined) fault(field, `needs a contact, and the door ${id} has none`);
  }
  if (preAlarmMs !== undefined && preAlarmMs >= openMs)
    fault("preAlarmMs", `must be less than openMs (${openMs}): the warning comes before the alarm`);
  if (preAlarmMs !== undefined && !door.readers?.outside && !door.readers?.inside)
    fault("preAlarmMs", `warns at a reader, and the door ${id} has none`);
  for (const field of ["unlockMs", "openMs"] as const) {
    const longer = door.extended?.[field];
    const usual = door[field] ?? defaults[field];
    if (longer !== undefined && longer < usual)
      fault(`extended.${field}`, `is shorter than what everybody has (${usual})`);
  }
  if (exit?.unlocks === false) {
    if (door.lock.mechanicalEgress !== true)
      fault(
        "exitRequest.unlocks",
        `false needs a handle or bar that opens the door ${id} from inside: confirm lock.mechanicalEgress`,
      );
    if (door.exit === "controlled")
      fault("exitRequest.unlocks", "false is for a free exit: here a card at the inside reader unlocks");
    if (contact === undefined)
      fault("exitRequest.unlocks", `false does nothing at the door ${id}, which has no contact`);
  }
  if (door.needsLoop && door.loop === undefined) fault("needsLoop", `needs a loop, and ${id} has none`);
  if ((door.kind ?? "door") === "door")
    for (const field of ["loop", "needsLoop"] as const)
      if (door[field] !== undefined) fault(field, `is for a gate or a barrier, and ${id} is a door`);
  return faults;
}

/** As the core reads it. */
export function leafOf(door: DoorEntry): Partial<Door> {
  const relock = relockOf(door);
  return {
    ...(door.kind === undefined ? {} : { kind: door.kind }),
    ...(door.extended === undefined ? {} : { extended: door.extended }),
    ...(door.preAlarmMs === undefined ? {} : { preAlarmMs: door.preAlarmMs }),
    ...(door.heldOpen === undefined ? {} : { heldOpen: door.heldOpen }),
    ...(relock === "timer" ? {} : { relock }),
    ...(door.exitRequest === undefined ? {} : { exitRequest: door.exitRequest }),
    ...(door.keySwitch === undefined ? {} : { keySwitch: pointAt(door.keySwitch) }),
    ...(door.bolt === undefined ? {} : { bolt: { securedWithinMs: defaults.securedWithinMs, ...door.bolt } }),
    ...(door.loop === undefined ? {} : { loop: pointAt(door.loop) }),
    ...(door.needsLoop === undefined ? {} : { needsLoop: door.needsLoop }),
    ...(door.safetyEdge === undefined ? {} : { safetyEdge: pointAt(door.safetyEdge) }),
  };
}

/** For a comparison of two documents: with the defaults filled in, so that writing one out is no change. */
export function leafDefaults(door: DoorEntry): Pick<DoorEntry, "kind" | "relock"> {
  return { kind: door.kind ?? "door", relock: relockOf(door) };
}
