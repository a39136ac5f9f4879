/** What central systems read of a site (MQTT contract, "The site"), one schema a topic under `site/{site}/`. */
import { z } from "zod";
import { doorModes } from "../core/site.js";

const v = z.literal(1);
const at = z.iso.datetime();

export const siteSchemas = {
  status: z.object({
    v,
    state: z.enum(["ready", "stopped"]),
    version: z.string(),
    revision: z.int().min(0),
    boot: z.string().describe("Random per start of the gateway"),
    since: at,
  }),
  door: z.object({
    v,
    lock: z.enum(["locked", "unlocked", "released"]),
    position: z.enum(["open", "closed", "unknown", "none"]),
    mode: z.enum(doorModes),
    online: z.boolean(),
    alarm: z.enum(["forced", "held-open"]).nullable(),
    troubles: z.array(z.unknown()).optional(),
    at,
  }),
  area: z.object({ v, occupancy: z.int().min(0), uncertain: z.int().min(0), at }),
  partition: z.object({ v, arming: z.string(), ready: z.boolean(), test: z.boolean(), at }),
  event: z.looseObject({
    v,
    id: z.string().describe("By which a duplicate is told"),
    seq: z.int().min(1).describe("Without gaps in the journal; who may not see everything sees gaps"),
    at,
    site: z.string(),
    tenant: z.string(),
    type: z.string(),
    severity: z.enum(["info", "notice", "warning", "critical"]),
    revision: z.int().min(0),
    door: z.string().optional(),
    area: z.string().optional(),
    sensor: z.string().optional(),
    device: z.string().optional(),
    person: z.string().optional().describe("An id; names stay in the house"),
    reason: z.string().optional(),
    trace: z
      .array(z.tuple([z.string(), z.string()]))
      .optional()
      .describe("Each rule that was asked, and its answer"),
    durable: z.literal(false).optional().describe("The disk has not taken it yet"),
  }),
} as const;
