import { z } from "zod";
import { at, name, permission } from "./common.js";

const passkeyShown = z
  .object({ id: z.string(), name: z.string(), createdAt: at, usedAt: at.nullable() })
  .meta({ id: "Passkey" });
export type Passkey = z.infer<typeof passkeyShown>;

export const factors = z
  .object({ totp: z.boolean(), passkeys: z.array(passkeyShown), recoveryCodesLeft: z.int() })
  .meta({ id: "Factors" });
export type Factors = z.infer<typeof factors>;

export const totpBegun = z.object({
  secret: z.string().meta({ description: "Base 32, for who types it. Shown this once." }),
  uri: z.string().meta({ description: "otpauth://… for a QR code." }),
});
export const totpCode = z.strictObject({ code: z.string().min(6).max(12) });
export const recoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).meta({ description: "Each good once. Shown this once." }),
});

export const passkeyMade = z.strictObject({
  challengeId: z.string().min(1).max(64),
  response: z.looseObject({}).meta({ description: "RegistrationResponseJSON" }),
  name,
});
export const passkeyKept = passkeyShown
  .extend({
    recoveryCodes: z.array(z.string()).meta({ description: "With the first second factor; else empty." }),
  })
  .meta({ id: "PasskeyKept" });

export const newPassword = z.strictObject({ password: z.string().min(1).max(1024) });

const sessionShown = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: at,
    lastSeenAt: at,
    address: z.string(),
    agent: z.string().meta({ description: "The browser, as it calls itself." }),
  })
  .meta({ id: "OpenSession" });
export type OpenSession = z.infer<typeof sessionShown>;
export const sessions = z.object({ sessions: z.array(sessionShown) });

export const tokenAsked = z.strictObject({
  name,
  scopes: z
    .array(permission)
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "Rights of the role that the token has; absent: all of them." }),
  days: z.int().min(1).max(366),
});
const tokenShown = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()).nullable().meta({ description: "null: whatever the role may." }),
    createdAt: at,
    expiresAt: at,
    usedAt: at.nullable(),
  })
  .meta({ id: "Token" });
export type Token = z.infer<typeof tokenShown>;
export const tokens = z.object({ tokens: z.array(tokenShown) });
export const tokenMade = z.object({
  id: z.string(),
  token: z.string().meta({ description: "For Authorization: Bearer. Shown this once." }),
  expiresAt: at,
});

/** Ids that the gateway makes for sessions, passkeys and tokens. */
export const byMadeId = z.object({ id: z.string().regex(/^[0-9a-f]{8,64}$/, "not an id") });
