import type { GroupId } from "../core/site.js";
import type { Handle } from "./database.js";

export interface GroupPage {
  readonly people: readonly { readonly id: string; readonly name: string; readonly status: string }[];
  /** Hand it back to go on; absent: that was all. */
  readonly next?: string;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly sought: string;
  readonly status: string;
}

/** In the order of names, so that a page of a large group is there soon; a small one among very many takes a look at all. */
export async function readGroup(
  handle: Handle,
  group: GroupId,
  limit: number,
  after?: string,
): Promise<GroupPage> {
  const [sought, id] = after === undefined ? ["", ""] : placeOf(after);
  const rows = await handle.all<Row>(
    `SELECT id, name, sought, status FROM person_versions
     WHERE newest = 1 AND (sought, id) > (?, ?)
       AND EXISTS (SELECT 1 FROM json_each(person_versions.groups) WHERE value = ?)
     ORDER BY sought, id LIMIT ?`,
    [sought, id, group, limit + 1],
  );
  const people = rows.slice(0, limit).map((row) => ({ id: row.id, name: row.name, status: row.status }));
  const last = rows[limit - 1];
  return rows.length > limit && last ? { people, next: JSON.stringify([last.sought, last.id]) } : { people };
}

function placeOf(after: string): [string, string] {
  try {
    const [sought, id] = JSON.parse(after) as unknown[];
    return [String(sought ?? ""), String(id ?? "")];
  } catch {
    return ["", ""];
  }
}
