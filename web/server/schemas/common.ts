/** What the schemas of all resources are made of. */
import { z } from "zod";

/** Of anything at the site, of a person, of an account: permanent, never given again. */
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "an id has 1 to 63 characters: a to z, 0 to 9 and dashes");

/** An instant as it is told: ISO 8601 in UTC. */
export const at = z.iso.datetime({ offset: true }).meta({ description: "ISO 8601, UTC." });

/** An instant as it is asked for: any zone. The operations read it. */
export const askedAt = z.iso.datetime({ offset: true });

/** Why somebody does it; in the log for good. Control characters would break its lines. */
export const note = z
  .string()
  .max(500)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must not contain control characters");

/** What people are called, and what they call things. */
export const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must not contain control characters");

export const role = z
  .enum(["owner", "manager", "guard", "viewer", "auditor", "central", "device"])
  .meta({ id: "Role" });
/** Roles that people have. */
export const personRole = z.enum(["owner", "manager", "guard", "viewer", "auditor"]);
/** One right, as `door.unlock`; the list is `permissions` of `GET /session`. */
export const permission = z.string().regex(/^[a-z-]{1,30}(\.[a-z-]{1,30})?$/);

export const byId = z.object({ id });

const fault = z
  .object({ path: z.string(), message: z.string() })
  .meta({ id: "Fault", description: "One thing wrong with an input, and where: doors[2].lock." });

export const problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "For programs: forbidden, not-found, invalid, conflict…" }),
    detail: z.string().meta({ description: "For people." }),
    faults: z.array(fault).optional(),
    methods: z
      .array(z.enum(["totp", "passkey", "recovery"]))
      .optional()
      .meta({ description: "With second-factor-needed: what can be given." }),
  })
  .meta({ id: "Problem", description: "RFC 9457." });
export type Problem = z.infer<typeof problem>;

/** What an operation without a result of its own answers. */
export const done = z.looseObject({}).meta({ id: "Done", description: "What the operation answered." });
