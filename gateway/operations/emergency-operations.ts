import { z } from "zod";
import { parseCardValue } from "../cards/canonical.js";
import type { Actor } from "../core/signals.js";
import { type EmergencyBadge, mostEmergencyBadges } from "../emergency/badges.js";
import type { HouseParts } from "./house-parts.js";
import { done, operation, refused } from "./operation.js";
import { cardFormatsOf } from "./people-rows.js";

function shown({ id, name, value, addedAt, addedBy }: EmergencyBadge) {
  return { id, name, shown: `…${value.slice(-4)}`, addedAt: new Date(addedAt).toISOString(), addedBy };
}

async function audited(house: HouseParts, by: Actor, badge: string, action: string): Promise<void> {
  await house.engine.note({
    type: "audit.people-changed",
    by,
    person: badge,
    data: { action, rows: 1 },
  }).durable;
}

export const emergencyOperations = [
  operation({
    name: "emergency-badge.list",
    permission: "emergency.badges",
    acts: false,
    params: z.strictObject({}),
    run: async ({ emergency }) =>
      done({
        badges: emergency.list().map(shown),
        most: mostEmergencyBadges,
        refused: emergency.refused ?? null,
      }),
  }),
  operation({
    name: "emergency-badge.add",
    permission: "emergency.badges",
    acts: true,
    params: z.strictObject({
      name: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .describe("Where it is kept, or who has it: key safe at the gate."),
      value: z
        .string()
        .min(1)
        .max(600)
        .describe("In any spelling: 142,51091, uid:04A1B2C3, a decimal number."),
    }),
    run: async (house, operator, { name, value }) => {
      const { emergency } = house;
      if (emergency.refused !== undefined) return refused("conflict", emergency.refused);
      const card = parseCardValue(value, cardFormatsOf(house));
      if ("fault" in card)
        return refused("invalid", `this is no card: ${card.fault}`, [{ path: "value", message: card.fault }]);
      if (house.store.people.find([card.value]) !== undefined || emergency.find([card.value]) !== undefined)
        return refused("conflict", "this card is somebody's already; an emergency badge is nothing else");
      const badge = emergency.add(name, card.value, operator.actor.id, house.clock.now());
      if (!badge)
        return refused(
          "conflict",
          `there are ${mostEmergencyBadges} emergency badges already: remove one first`,
        );
      await audited(house, operator.actor, badge.id, "emergency badge added");
      return done({ badge: shown(badge) });
    },
  }),
  operation({
    name: "emergency-badge.remove",
    permission: "emergency.badges",
    acts: true,
    params: z.strictObject({ badge: z.string().min(1).max(64) }),
    run: async (house, operator, { badge }) => {
      if (!house.emergency.remove(badge))
        return refused("not-found", `there is no emergency badge "${badge}"`);
      await audited(house, operator.actor, badge, "emergency badge removed");
      return done({ badge });
    },
  }),
];
