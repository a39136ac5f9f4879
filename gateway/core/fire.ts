import type { Door, Site } from "./site.js";
import { siteIndex } from "./site-index.js";
import type { Lookup } from "./state.js";

/** What the released fire inputs do to one door, together. */
export interface FireEffect {
  readonly unlock: boolean;
  readonly close: boolean;
  /** Some input does something: whoever opens this door flees, he does not force it. */
  readonly touches: boolean;
}

const noFire: FireEffect = { unlock: false, close: false, touches: false };

export function fireAt(site: Site, state: Pick<Lookup, "fire">, door: Door): FireEffect {
  let effect = noFire;
  for (const input of siteIndex(site).fireInputs) {
    if (state.fire.get(input.id)?.is !== "released") continue;
    const action = door.fire.get(input.id) ?? "exit-only";
    effect = {
      unlock: effect.unlock || action === "unlock",
      close: effect.close || action === "close",
      touches: effect.touches || action !== "none",
    };
  }
  return effect;
}
