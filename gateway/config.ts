/** How the process itself runs: `gateway.yaml`. What the building is like is the site document; people are rows. */
import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import type { Fault } from "./ports.js";

const port = z.int().min(0).max(65535).describe("TCP port; 0 takes any free one.");
const host = z
  .string()
  .min(1)
  .max(253)
  .describe("Address to listen on. Anything but loopback opens the gateway to the network.");
const keepDays = z.union([z.int().min(1).max(36_500), z.literal("forever")]);
const file = z.string().min(1).max(4096);

const configSchema = z.strictObject({
  mqtt: z
    .strictObject({
      host: host.default("127.0.0.1"),
      port: port.default(1883),
      root: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*){0,4}$/)
        .default("gw/v1")
        .describe("First levels of every topic."),
      tls: z
        .strictObject({ host: host.default("127.0.0.1"), port: port.default(8883), cert: file, key: file })
        .optional()
        .describe("A second, encrypted listener; PEM files."),
      publishPerSecond: z
        .int()
        .min(1)
        .max(100_000)
        .default(50)
        .describe("Messages a second that one account may send."),
      publishBurst: z.int().min(1).max(1_000_000).default(200),
      unauthenticatedPerAddress: z
        .int()
        .min(1)
        .max(10_000)
        .default(20)
        .describe("Connections of one address that are being signed in at the same time; more wait."),
      unauthenticated: z
        .int()
        .min(10)
        .max(10_000)
        .default(500)
        .describe(
          "Connections of all addresses that have not said who they are; the silent ones give way first.",
        ),
    })
    .prefault({}),
  web: z
    .strictObject({
      host: host.default("127.0.0.1"),
      port: port.default(8080),
      tls: z
        .strictObject({ cert: file, key: file })
        .optional()
        .describe("Serves the web encrypted; PEM files. Cookies are then bound to the host."),
      connections: z
        .int()
        .min(10)
        .max(10_000)
        .default(1_000)
        .describe("Open connections in all; above it those that say nothing are closed."),
      connectionsPerAddress: z
        .int()
        .min(10)
        .max(10_000)
        .default(200)
        .describe("Of one address. A proxy in front of the gateway is one address: raise it there."),
      hosts: z
        .array(
          z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "a name in small letters, without port"),
        )
        .max(20)
        .default([])
        .describe("Names, besides localhost, under which passkeys may be made and used: gate.example.org."),
      secondFactorAfterDays: z
        .strictObject({
          owner: z.int().min(0).max(3650).optional(),
          manager: z.int().min(0).max(3650).optional(),
        })
        .default({ owner: 7 })
        .describe(
          "So many days after the account was made, changes of accounts, keys, invites and tokens and forced unlocks are refused until it has a second factor. Not named: told, not refused.",
        ),
    })
    .prefault({}),
  journal: z
    .strictObject({
      releaseAfterMs: z
        .int()
        .min(1)
        .max(2000)
        .default(50)
        .describe("A door does not wait longer than this for the disk; a later event says so."),
      keepDays: z
        .strictObject({
          access: keepDays.default(365),
          door: keepDays.default(365),
          device: keepDays.default(365),
          alarm: keepDays.default(1825),
          safety: keepDays.default(1825),
          system: keepDays.default(1825),
          audit: keepDays.default(1825),
        })
        .prefault({})
        .describe(
          "So many days events of a category keep their content. Afterwards only number and digest are left, so that the log still verifies.",
        ),
      capacityGb: z
        .number()
        .min(0.01)
        .max(100_000)
        .optional()
        .describe(
          "What the log may take, in GB. Not named: what the disk can hold. At 80 % an event says so.",
        ),
    })
    .prefault({}),
  imports: z
    .strictObject({
      mostMb: z.int().min(1).max(100_000).default(1_000).describe("How long a list of people may be, in MB."),
    })
    .prefault({}),
  clock: z
    .strictObject({
      trust: z
        .enum(["time-service", "host"])
        .default("time-service")
        .describe(
          "Who answers for the clock: the computer's time service once it has set it, or, in a container or virtual machine, its host.",
        ),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info") })
    .prefault({}),
});

export type GatewayConfig = z.infer<typeof configSchema>;

export class ConfigFaulty extends Error {
  readonly faults: readonly Fault[];
  constructor(where: string, faults: readonly Fault[]) {
    super(
      `${where}: ${faults.map((fault) => (fault.path ? `${fault.path}: ${fault.message}` : fault.message)).join("; ")}`,
    );
    this.name = "ConfigFaulty";
    this.faults = faults;
  }
}

export function defaultConfig(): GatewayConfig {
  return configSchema.parse({});
}

/** Reads and checks `gateway.yaml`; throws ConfigFaulty with every fault and its place. */
export function readConfig(path: string): GatewayConfig {
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, "utf8"), { maxAliasCount: 50 }) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const at = error.linePos?.[0];
      throw new ConfigFaulty(path, [
        { path: at ? `line ${at.line}` : "", message: error.message.split("\n")[0] ?? "" },
      ]);
    }
    throw new ConfigFaulty(path, [{ path: "", message: `cannot be read: ${(error as Error).message}` }]);
  }
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new ConfigFaulty(
    path,
    result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  );
}
