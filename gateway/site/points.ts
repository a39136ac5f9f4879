import type { Point, PointKind } from "../core/site.js";

/** `front-lock/lock/1`, of a document that was checked. Throws if it is none. */
export function pointAt(text: string): Point {
  const [device, kind, n] = text.split("/");
  if (device === undefined || kind === undefined || n === undefined) throw new SiteNotSound("point", text);
  return { device, kind: kind as PointKind, n: Number(n) };
}

/** A promise was broken: a document that does not resolve was to be compiled. */
class SiteNotSound extends Error {
  constructor(place: string, what: string) {
    super(`${place}: ${what}`);
    this.name = "SiteNotSound";
  }
}
