import type { EventBody } from "../../gateway/core/events.js";
import type { JournalEntry } from "../../gateway/ports.js";

export const morning = Date.UTC(2026, 10, 23, 7);

/** What one scan at the front door leaves behind. */
export function aScan(i: number, over: Partial<EventBody> = {}): JournalEntry {
  const at = morning + i * 1000;
  return {
    signal: {
      type: "credential-presented",
      id: `signal-${i}`,
      at,
      door: "front",
      side: "outside",
      device: "front-reader",
      scan: `scan-${i}`,
      shown: "…c793",
    },
    revision: 3,
    read: { [`p${i % 40}`]: 1 },
    changes: [{ kind: "devices", id: "front-reader", value: { online: true, since: at } }],
    events: [
      {
        type: "access.granted",
        door: "front",
        area: "lobby",
        person: `p${i % 40}`,
        device: "front-reader",
        scan: `scan-${i}`,
        ...over,
      },
    ],
  };
}
