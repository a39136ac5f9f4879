import { z } from "zod";
import { at, id, name, permission, role } from "./common.js";

export const session = z
  .object({
    signedIn: z.boolean(),
    account: z.string().nullable(),
    name: z.string().nullable(),
    role: role.nullable(),
    permissions: z.array(permission),
    freshUntil: at.nullable().meta({
      description:
        "Until when sensitive acts need no new proof; null: they do. POST /session/fresh gives it.",
    }),
    endsAt: at.nullable().meta({ description: "When the session ends if it stays unused." }),
    secondFactor: z.enum(["none", "totp", "passkey", "both"]),
    mustEnrol: z.boolean().meta({ description: "This role needs a second factor and has none yet." }),
    enrolBy: at.nullable().meta({ description: "From then on sensitive acts are refused without one." }),
    ownerless: z.boolean().meta({ description: "Nobody administers this gateway yet." }),
    site: z.object({ name: z.string(), timeZone: z.string() }).nullable(),
    version: z.string().nullable().meta({ description: "Told to who is signed in." }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof session>;

const secret = z.string().min(1).max(1024);
/** An empty field of a form is a field that was left out. */
const optionalText = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => text.trim() || undefined)
    .optional();
const optionalSecret = z
  .string()
  .max(1024)
  .transform((text) => text || undefined)
  .optional();

/** What `navigator.credentials.get` gave, as JSON (WebAuthn level 3, 5.1.8). */
const passkey = z
  .looseObject({ id: z.string().min(1).max(1400) })
  .meta({ id: "PasskeyAnswer", description: "AuthenticationResponseJSON" });
const challengeId = z.string().min(1).max(64);

const byClaim = z.strictObject({
  claim: secret,
  account: id.default("owner"),
  name: optionalText(200),
  password: optionalSecret,
});
const byPassword = z.strictObject({
  account: z.string().min(1).max(64),
  password: secret,
  code: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .meta({ description: "Six digits of an authenticator app, or a recovery code." }),
});
const byPasskey = z.strictObject({ passkey, challengeId });
export const signIn = z.union([byClaim, byPassword, byPasskey]).meta({ id: "SignIn" });
export type SignIn = z.input<typeof signIn>;

export const freshProof = z
  .strictObject({
    password: optionalSecret,
    code: optionalText(40),
    passkey: passkey.optional(),
    challengeId: challengeId.optional(),
  })
  .meta({ id: "FreshProof", description: "A passkey, or the password with a code where TOTP is enrolled." });
export const fresh = z.object({ freshUntil: at });

export const passkeyChallengeAsked = z.strictObject({ account: z.string().min(1).max(64).optional() });
export const challenge = z
  .object({
    challengeId: z.string(),
    options: z.looseObject({}).meta({ description: "For navigator.credentials, as JSON." }),
  })
  .meta({ id: "PasskeyChallenge" });

export const inviteAccepted = z.strictObject({ secret, name: name.optional(), password: secret });
