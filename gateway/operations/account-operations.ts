import { z } from "zod";
import type { EventBody } from "../core/events.js";
import { type Operator, type Performed, roles } from "../ports.js";
import type { HouseParts } from "./house-parts.js";
import { id } from "./ids.js";
import { done, operation } from "./operation.js";

const name = z.string().min(1).max(200).optional();

type Answer = { readonly ok: true } | Extract<Performed, { ok: false }>;

/** What was done to an account is in the log with who did it; secrets are not. */
async function audited<T extends Answer>(
  house: HouseParts,
  operator: Operator,
  account: string,
  action: string,
  work: Promise<T>,
  tell: (answer: Extract<T, { ok: true }>) => unknown,
): Promise<Performed> {
  const answer = await work;
  if (!answer.ok) return answer;
  const event: EventBody = {
    type: "audit.account-changed",
    by: operator.actor,
    data: { account, action },
  };
  await house.engine.note(event).durable;
  return done(tell(answer as Extract<T, { ok: true }>));
}

function isForeignIn({ engine }: HouseParts, device: string): boolean {
  return engine.active?.site.devices.get(device)?.driver === "preset";
}

function prefixShown({ engine }: HouseParts, device: string): { prefix?: string } {
  const prefix = engine.active?.site.devices.get(device)?.prefix;
  return prefix === undefined ? {} : { prefix };
}

export const accountOperations = [
  operation({
    name: "account.list",
    permission: "accounts.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => done({ accounts: house.accounts.list() }),
  }),
  operation({
    name: "account.disable",
    permission: "accounts.write",
    acts: true,
    params: z.strictObject({ account: id, disabled: z.boolean().default(true) }),
    run: (house, operator, { account, disabled }) =>
      audited(
        house,
        operator,
        account,
        disabled ? "disabled" : "enabled",
        house.accounts.disable(account, disabled),
        (kept) => ({ account: kept.account }),
      ),
  }),
  operation({
    name: "account.rotate",
    permission: "accounts.write",
    acts: true,
    params: z.strictObject({ account: id }),
    run: (house, operator, { account }) =>
      audited(house, operator, account, "key rotated", house.accounts.rotate(account), (keyed) => ({
        id: keyed.id,
        key: keyed.key,
      })),
  }),
  operation({
    name: "device.add",
    permission: "devices.write",
    acts: true,
    params: z.strictObject({
      device: id,
      foreign: z
        .boolean()
        .optional()
        .describe("Of another maker, for good; where the site has it with driver preset, it is."),
    }),
    run: (house, operator, { device, foreign = isForeignIn(house, device) }) =>
      audited(
        house,
        operator,
        device,
        foreign ? "added as device of another maker" : "added as device",
        house.accounts.addDevice(device, { foreign }),
        (keyed) => ({
          id: keyed.id,
          key: keyed.key,
          ...(foreign ? { foreign, ...prefixShown(house, device) } : {}),
        }),
      ),
  }),
  operation({
    name: "client.add",
    permission: "accounts.write",
    acts: true,
    params: z.strictObject({
      client: id,
      role: z.enum(roles),
      discreet: z.boolean().default(false),
      name,
    }),
    run: (house, operator, { client, role, discreet, name }) =>
      audited(
        house,
        operator,
        client,
        `added as client with role ${role}`,
        house.accounts.addClient(client, role, { discreet, ...(name === undefined ? {} : { name }) }),
        (keyed) => ({ id: keyed.id, key: keyed.key, role }),
      ),
  }),
  operation({
    name: "owner.claim",
    permission: "owner.claim",
    acts: true,
    params: z.strictObject({
      minutes: z.int().min(1).max(10_080).optional().describe("How long the secret is good; default 60."),
      untilUsed: z.boolean().default(false).describe("It does not expire; for a demo on loopback."),
    }),
    run: async (house, operator, { minutes, untilUsed }) => {
      const claim = await house.accounts.issueOwnerClaim({
        untilUsed,
        ...(minutes === undefined ? {} : { minutes }),
      });
      await house.engine.note({
        type: "audit.account-changed",
        by: operator.actor,
        data: { account: "owner", action: "claim secret issued" },
      }).durable;
      return done({
        secret: claim.secret,
        expiresAt: claim.expiresAt === undefined ? null : new Date(claim.expiresAt).toISOString(),
        urls: house.listening().web.map(({ url }) => url),
      });
    },
  }),
];
