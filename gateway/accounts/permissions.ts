import type { Operator, Role } from "../ports.js";

/** Everything that one may be allowed. Nothing is allowed that is not listed for a role below. */
export const permissions = [
  "status.read",
  "site.read",
  "site.write",
  "people.read",
  "people.write",
  /** Also to see whole card values: who enrols cards must be able to compare them. */
  "credentials.write",
  /** Names instead of person ids, in events and sentences. */
  "names.read",
  "doors.read",
  "areas.read",
  "partitions.read",
  "sensors.read",
  "door.unlock",
  "door.mode",
  /** Unlock against lockdown, secured, maintenance or an armed side, with a reason. */
  "door.force",
  /** Of doors: nobody is let in until it is ended. */
  "lockdown.start",
  "lockdown.end",
  "threat.set",
  /** Of partitions; the site may leave an account less of it. */
  "alarm.arm",
  "alarm.disarm",
  /** To leave a sensor out, and to put on test. */
  "alarm.bypass",
  "alarm.test",
  "incidents.read",
  /** To acknowledge, silence, hand over and close. */
  "incidents.work",
  "emergency.release",
  "emergency.reset",
  "fire.reset",
  /** Who is where. */
  "muster.read",
  /** To call people, to say who is safe, and to end it. */
  "muster.run",
  /** To let somebody go whichever way next, whatever anti-passback holds him to. */
  "passback.forgive",
  /** To say that the clock is right. */
  "clock.trust",
  "emergency.badges",
  /** The journal and the running feed at all; which categories of it say the `events.*` below and `audit.read`. */
  "journal.read",
  "events.access",
  "events.door",
  "events.alarm",
  "events.safety",
  "events.device",
  "events.system",
  "audit.read",
  "accounts.read",
  /** Operators and clients. */
  "accounts.write",
  "devices.write",
  "owner.claim",
  /** Hold-up and duress; needs the account's own `discreet` besides. */
  "discreet",
] as const;
export type Permission = (typeof permissions)[number];

const viewer = ["status.read", "doors.read", "areas.read"] as const satisfies readonly Permission[];

const guard = [
  ...viewer,
  "partitions.read",
  "sensors.read",
  "names.read",
  "door.unlock",
  "door.mode",
  "lockdown.start",
  "lockdown.end",
  "alarm.arm",
  "alarm.disarm",
  "incidents.read",
  "incidents.work",
  "emergency.release",
  "emergency.reset",
  "muster.read",
  "muster.run",
  "passback.forgive",
  "journal.read",
  // In the web only: somebody at the desk answers for who was let in. Over MQTT the contract's "Clients" goes on to hold.
  "events.access",
  "events.door",
  "events.alarm",
  "events.safety",
  "discreet",
] as const satisfies readonly Permission[];

/** What each role may. */
const table: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  manager: [
    ...guard,
    "site.read",
    "site.write",
    "people.read",
    "people.write",
    "credentials.write",
    "door.force",
    "alarm.bypass",
    "alarm.test",
    "threat.set",
    "fire.reset",
    "clock.trust",
    "accounts.read",
    "devices.write",
  ],
  guard,
  viewer,
  auditor: [
    ...viewer,
    "site.read",
    "people.read",
    "names.read",
    "partitions.read",
    "sensors.read",
    "incidents.read",
    "muster.read",
    "journal.read",
    "events.access",
    "events.door",
    "events.alarm",
    "events.safety",
    "events.device",
    "events.system",
    "audit.read",
    "accounts.read",
    "discreet",
  ],
  // A central system knows people by id; names stay in the building.
  central: [
    ...viewer,
    "site.read",
    "partitions.read",
    "sensors.read",
    "door.unlock",
    "door.mode",
    "lockdown.start",
    "lockdown.end",
    "alarm.arm",
    "alarm.disarm",
    "incidents.read",
    "incidents.work",
    "threat.set",
    "muster.read",
    "muster.run",
    "journal.read",
    "events.access",
    "events.door",
    "events.alarm",
    "events.safety",
    "events.device",
    "events.system",
    "audit.read",
    "discreet",
  ],
  // A device speaks under its own topics and asks for nothing.
  device: [],
};

const sets = new Map<string, ReadonlySet<string>>(
  Object.entries(table).map(([role, allowed]) => [role, new Set<string>(allowed)]),
);
const nothing: ReadonlySet<string> = new Set();

/** What a role may; nothing for a role that does not exist. */
export function permissionsOf(role: Role): ReadonlySet<string> {
  return sets.get(role) ?? nothing;
}

/** Whether this operator may; false for anything that is not in the table. */
export function may(operator: Pick<Operator, "role" | "discreet" | "scopes">, permission: string): boolean {
  if (operator.scopes && !operator.scopes.includes(permission)) return false;
  if (permission === "discreet" && !operator.discreet) return false;
  return permissionsOf(operator.role).has(permission);
}
