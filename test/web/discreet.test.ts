import { describe, expect, test } from "vitest";
import { may } from "../../gateway/accounts/permissions.js";
import { eventCatalogue, isSilent, type SiteEvent } from "../../gateway/core/events.js";
import type { HouseParts } from "../../gateway/operations/house-parts.js";
import { journalOperations } from "../../gateway/operations/journal-operations.js";
import { type Operator, type Role, roles } from "../../gateway/ports.js";
import { mayReadEvent } from "../../web/server/shown.js";

const event = (seq: number, type: SiteEvent["type"]): SiteEvent => ({
  v: 1,
  id: `e${seq}`,
  seq,
  type,
  at: 0,
  site: "hq",
  severity: "info",
  tenant: "main",
  revision: 1,
  signal: "s",
  person: "ada",
  door: "front",
});
const duress = event(2, "access.duress");
const journal = [event(1, "access.granted"), duress, event(3, "door.opened")];

const operator = (role: Role, discreet: boolean): Operator => ({
  actor: { kind: "operator", id: "olga" },
  role,
  discreet,
});

const house = {
  engine: { active: undefined },
  names: (_: string, id: string) => id,
  store: {
    journal: {
      readBefore: async () => journal,
      readAfter: async (after: number) => journal.filter(({ seq }) => seq > after),
      byId: async (id: string) => journal.find((each) => each.id === id),
    },
  },
} as unknown as HouseParts;

const perform = (who: Operator, name: string, params: object) =>
  journalOperations.find((each) => each.name === name)?.run(house, who, params);

describe("duress", () => {
  test("and hold-up, and what is done about them, are the silent types; whoever is not discreet reads nothing of it in the web or the feed", () => {
    expect(Object.keys(eventCatalogue).filter((type) => isSilent(type as SiteEvent["type"]))).toEqual([
      "access.duress",
      "alarm.hold-up-silent",
      "alarm.hold-up-silent-ended",
      "alarm.silent-acknowledged",
      "alarm.silent-noted",
      "alarm.silent-assigned",
      "alarm.silent-escalated",
      "alarm.silent-closed",
    ]);
    for (const role of roles) expect(mayReadEvent(may, operator(role, false), duress), role).toBe(false);
    expect(mayReadEvent(may, operator("guard", true), duress)).toBe(true);
    expect(mayReadEvent(may, operator("viewer", true), duress)).toBe(false);
  });

  test("is not in the journal that others read, and why it came is not told to them", async () => {
    const seen = async (who: Operator) => {
      const read = await perform(who, "journal.read", { limit: 100 });
      const { events } = (read as { result: { events: { type: string }[] } }).result;
      return events.map(({ type }) => type);
    };
    expect(await seen(operator("owner", false))).toEqual(["access.granted", "door.opened"]);
    expect(await seen(operator("owner", true))).toEqual(["access.granted", "access.duress", "door.opened"]);
    for (const which of [2, "e2"]) {
      const asked = await perform(operator("owner", false), "event.why", { event: which });
      expect(asked).toMatchObject({ ok: false, refusal: { code: "not-found" } });
      expect(await perform(operator("owner", true), "event.why", { event: which })).toMatchObject({
        ok: true,
      });
    }
  });
});
