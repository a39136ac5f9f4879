import type { DoorState } from "./state.js";

/** What a contact says while it is out of service, kept for when it is back; undefined: it can no longer be read. */
export function heardInBypass(own: DoorState, heard: "open" | "closed" | undefined): DoorState {
  const { contactBypassed: bypass } = own;
  if (!bypass || bypass.heard === heard) return own;
  const { heard: _, ...rest } = bypass;
  return { ...own, contactBypassed: heard === undefined ? rest : { ...rest, heard } };
}
