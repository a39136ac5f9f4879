/** What a receiving centre is told of arming and disarming: by who did it, and how much (DC-03 and DC-05, "opening" and "closing"). */
import type { EventBody } from "../events.js";
import type { ArmHow } from "./alarm-state.js";

interface Codes {
  readonly sia: string;
  readonly contactId: string;
}

interface Pair {
  readonly closing: Codes;
  readonly opening: Codes;
}

const byUser: Pair = {
  closing: { sia: "CL", contactId: "3401" },
  opening: { sia: "OP", contactId: "1401" },
};
const byItself: Pair = {
  closing: { sia: "CA", contactId: "3403" },
  opening: { sia: "OA", contactId: "1403" },
};
const fromAfar: Pair = {
  closing: { sia: "CQ", contactId: "3407" },
  opening: { sia: "OQ", contactId: "1407" },
};

/** Complete by type: a new way to arm does not compile before it has its codes. */
export const armCodeTable: Readonly<Record<ArmHow, Pair>> = {
  reader: byUser,
  keypad: byUser,
  entry: byUser,
  operator: fromAfar,
  client: fromAfar,
  schedule: byItself,
  members: byItself,
  "last-out": byItself,
  input: { closing: { sia: "CS", contactId: "3409" }, opening: { sia: "OS", contactId: "1409" } },
};

export function armCodes({ type, data }: EventBody): Codes {
  const how = String(data?.how ?? "operator") as ArmHow;
  const pair = Object.hasOwn(armCodeTable, how) ? armCodeTable[how] : byUser;
  if (type === "alarm.disarmed") {
    // Disarmed after an alarm.
    return data?.afterAlarm === true ? { sia: "OR", contactId: pair.opening.contactId } : pair.opening;
  }
  if (data?.forced === true) return { sia: "CF", contactId: "3456" };
  if (data?.arming === "home" || data?.arming === "night") return { sia: "NL", contactId: "3441" };
  return pair.closing;
}
