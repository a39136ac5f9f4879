import type { Door } from "../api.js";
import type { Words } from "../words/words.js";

/** What somebody should know of a door besides whether it is locked and open, the weightiest first. */
export function remarksOf(
  door: Door,
  words: Words,
  named: { door(id: string): string; level(id: string): string; until(at: string): string },
): string[] {
  const { doorsPage } = words;
  return [
    ...(door.troubles ?? []).map((trouble) => doorsPage.troubles[trouble]),
    ...(door.lockdown ? [doorsPage.lockdown] : []),
    ...(door.armed ? [doorsPage.armed] : []),
    ...(door.threatLevel === undefined ? [] : [doorsPage.byLevel(named.level(door.threatLevel))]),
    ...(door.interlock ? [doorsPage.interlocked(named.door(door.interlock.door))] : []),
    ...(door.alarmsOff === "bypassed" ? [doorsPage.bypassed] : []),
    ...(door.alarmsOff === "maintenance" ? [doorsPage.inMaintenance] : []),
    ...(door.silentKeypads ? [doorsPage.silentKeypad] : []),
    ...(door.allowedOpen
      ? [doorsPage.allowedOpen(door.allowedOpen.by, named.until(door.allowedOpen.until))]
      : []),
  ];
}
