import { z } from "zod";
import { at, id, name, personRole, role } from "./common.js";

const accountShown = z
  .object({
    id,
    kind: z.enum(["operator", "device", "client"]),
    role,
    discreet: z.boolean().meta({ description: "Sees hold-up and duress." }),
    disabled: z.boolean(),
    name: z.string().optional(),
    createdAt: at,
    signsInWith: z.enum(["password", "key", "none"]),
    secondFactor: z.enum(["none", "totp", "passkey", "both"]),
    sessions: z.int().meta({ description: "How many are open." }),
    lastSeenAt: at.nullable().meta({ description: "Of the sessions that are open." }),
  })
  .meta({ id: "Account" });
export type Account = z.infer<typeof accountShown>;
export const accounts = z.object({ accounts: z.array(accountShown) });

export const disabling = z.strictObject({ disabled: z.boolean() });
export const disabled = z.looseObject({ account: z.looseObject({ id, disabled: z.boolean() }) });

export const inviteAsked = z.strictObject({
  account: id,
  name,
  role: personRole,
  discreet: z.boolean().default(false),
});
export const inviteMade = z.object({
  url: z.string().meta({ description: "The link to send; it holds the secret." }),
  secret: z.string().meta({ description: "Shown this once." }),
  expiresAt: at,
});
const inviteShown = z
  .object({
    account: id,
    name: z.string(),
    role,
    discreet: z.boolean(),
    by: z.string(),
    createdAt: at,
    expiresAt: at,
  })
  .meta({ id: "Invite" });
export type Invite = z.infer<typeof inviteShown>;
export const invites = z.object({ invites: z.array(inviteShown) });
export const byAccount = z.object({ account: id });
