import { idFrom } from "../text.js";

/** An id out of a name that nothing in the list has yet. */
export function newId(name: string, taken: readonly { readonly id: string }[]): string {
  const wanted = idFrom(name).slice(0, 58) || "new";
  const has = (id: string) => taken.some((each) => each.id === id) || reserved.includes(id);
  let id = wanted;
  for (let n = 2; has(id); n += 1) id = `${wanted}-${n}`;
  return id;
}

/** Words with a meaning of their own in a site document, and in addresses here. */
const reserved = ["all", "always", "new", "holiday"];
