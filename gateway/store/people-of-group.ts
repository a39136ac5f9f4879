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
  readonly status: string;
  readonly sought: string;
  readonly row: number;
}

/**
 * In the order of names, so that a page of a large group is there soon; a small one among very many takes a look at all.
 * @param handle of the search's database, with the house's attached
 */
export async function readGroup(
  handle: Handle,
  group: GroupId,
  limit: number,
  after?: string,
): Promise<GroupPage> {
  const [sought, row] = after === undefined ? start : placeOf(after);
  const rows = await handle.all<Row>(
    `SELECT p.id, p.name, p.status, n.sought, n.row FROM names n CROSS JOIN house.person_versions p ON p.row = n.row
     WHERE (n.sought, n.row) > (?, ?) AND p.newest = 1
       AND EXISTS (SELECT 1 FROM json_each(p.groups) WHERE value = ?)
     ORDER BY n.sought, n.row LIMIT ?`,
    [sought, row, group, limit + 1],
  );
  const people = rows.slice(0, limit).map(({ id, name, status }) => ({ id, name, status }));
  const last = rows[limit - 1];
  return rows.length > limit && last ? { people, next: JSON.stringify([last.sought, last.row]) } : { people };
}

const start: readonly [sought: string, row: number] = ["", 0];

function placeOf(after: string): readonly [sought: string, row: number] {
  try {
    const [sought, row] = JSON.parse(after) as unknown[];
    if (typeof sought === "string" && typeof row === "number") return [sought, row];
  } catch {
    // Not one of ours: from the start.
  }
  return start;
}
