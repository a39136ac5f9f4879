import { z } from "zod";

/** The id of anything at the site, of a person or an account (MQTT contract): permanent, never reused. */
export const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    "must be 1 to 63 lower-case letters, digits and hyphens, not starting with a hyphen",
  );

/** Free text that somebody gives as a reason. Control characters would break lines in a log. */
export const note = z
  .string()
  .max(500)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must not contain control characters");

/** ISO 8601 with zone; inside it is milliseconds. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
