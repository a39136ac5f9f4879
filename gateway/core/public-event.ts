import type { SiteEvent } from "./events.js";

/** An event as it leaves the gateway (MQTT contract, `event/{category}/{type}`): instants as ISO 8601, no inner ids. */
export type PublicEvent = Omit<SiteEvent, "at" | "signal"> & { readonly at: string };

export function publicEvent({ signal: _inner, at, ...event }: SiteEvent): PublicEvent {
  return { ...event, at: new Date(at).toISOString() };
}
