/** The form of the site document as JSON Schema, for editors; what a building must fulfil besides is in `invariants.ts`. */
import { z } from "zod";
import { siteSchema } from "./document.js";

/** Draft 7, which the YAML support of the usual editors understands. */
export function siteJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(siteSchema, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "Gatewarden site document",
    description: "Areas, doors, sensors, devices, schedules, holidays and groups of one building",
    ...schema,
  };
}
