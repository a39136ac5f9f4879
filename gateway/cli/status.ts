import type { Command } from "commander";
import { version } from "../version.js";
import { type Context, dataDirOf, performed, show, withConnection } from "./context.js";
import { properties } from "./table.js";

interface Status {
  readonly version: string;
  readonly running: boolean;
  readonly since: string;
  readonly site: { readonly id: string; readonly name: string; readonly revision: number } | null;
  readonly journal: {
    readonly state: "ok" | "failing";
    readonly lastSeq: number;
    readonly waiting: number;
    readonly lastError?: string;
    readonly size: {
      readonly usedBytes: number;
      readonly roomBytes: number;
      readonly usedPercent: number;
      readonly diskFreeBytes: number;
      readonly oldestAt: string | null;
      readonly eventsADay: number | null;
      readonly bytesADay: number | null;
      readonly daysLeft: number | null;
    } | null;
    readonly keepDays: Readonly<Record<string, number | "forever">>;
  };
  readonly devices: { readonly online: number; readonly of: number; readonly missing: readonly string[] };
  readonly people: number;
  readonly credentials: number;
  readonly accounts: number;
  readonly ownerless: boolean;
  readonly listening: {
    readonly mqtt: readonly { readonly host: string; readonly port: number; readonly tls: boolean }[];
    readonly web: readonly { readonly url: string }[];
  };
  readonly memoryMb: number;
  readonly clock?: {
    readonly trusted: boolean;
    readonly why: string | null;
    readonly since?: string;
  };
  /** Why the gateway runs from its emergency file. */
  readonly emergency?: string | null;
  /** Whose PINs were made with a key that is gone. */
  readonly pinKeyLost?: { readonly people: number; readonly since: string } | null;
}

export function addStatusCommands(program: Command, context: Context): void {
  program
    .command("status")
    .description("whether the gateway runs, and how the building is")
    .action(async (_options: unknown, command: Command) => {
      const result = await withConnection(context, command, async (connection) => ({
        ...(await performed<Status>(connection.perform("status", {}))),
        running: connection.mode === "running",
      }));
      show(context, command, result, (status) => statusText(status, dataDirOf(context, command)));
    });

  program
    .command("version")
    .description("print the version of Gatewarden and of what it runs on")
    .action((_options: unknown, command: Command) => {
      const result = {
        version: version(),
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
      };
      show(
        context,
        command,
        result,
        () => `gatewarden ${result.version} (Node ${result.node}, ${result.platform})\n`,
      );
    });
}

function statusText(status: Status, dataDir: string): string {
  const { site, journal, devices, listening } = status;
  return properties([
    ["gateway", status.running ? `running since ${status.since}, version ${status.version}` : "not running"],
    ["data folder", dataDir],
    ...(status.emergency
      ? ([
          ["EMERGENCY", `only emergency badges open doors; the database is lost: ${status.emergency}`],
        ] as const)
      : []),
    [
      "site",
      site ? `${site.name} (${site.id}), revision ${site.revision}` : "none yet: gatewarden site import",
    ],
    ...(status.running
      ? ([
          ["clock", clockText(status.clock)],
          ["devices", devicesText(devices)],
          [
            "MQTT",
            listening.mqtt.map(({ host, port, tls }) => `${host}:${port}${tls ? " (TLS)" : ""}`).join(", "),
          ],
          ["web", listening.web.map(({ url }) => url).join(", ")],
        ] as const)
      : []),
    ["people", `${status.people}, with ${status.credentials} credentials`],
    ...(status.pinKeyLost ? [["PINs", pinText(status.pinKeyLost)] as const] : []),
    [
      "accounts",
      `${status.accounts}${status.ownerless ? "; nobody is owner yet: gatewarden owner claim" : ""}`,
    ],
    [
      "journal",
      journal.state === "ok"
        ? `${journal.lastSeq} events, all on disk${journal.waiting > 0 ? ` but ${journal.waiting} waiting` : ""}`
        : `the disk fails, ${journal.waiting} entries wait: ${journal.lastError ?? "unknown"}`,
    ],
    ["log size", sizeText(journal.size)],
    ["kept", keptText(journal)],
  ]);
}

function pinText({ people, since }: NonNullable<Status["pinKeyLost"]>): string {
  return `those of ${people} people OPEN NOTHING: pins.key is another one since ${since}; put it back from a backup and start again, or set the PINs anew`;
}

function clockText(clock: Status["clock"]): string {
  if (!clock) return "not known";
  if (clock.trusted) return `trusted${clock.why === null ? "" : ` (${trustWords[clock.why] ?? clock.why})`}`;
  return `NOT trusted since ${clock.since ?? "the start"}: no schedule unlocks a door; gatewarden clock trust`;
}

const trustWords: Readonly<Record<string, string>> = {
  ntp: "by its time service",
  host: "this computer's clock is taken as it is",
  operator: "somebody looked at it",
};

function devicesText({ online, of, missing }: Status["devices"]): string {
  const named = missing.slice(0, 5).join(", ");
  const more = missing.length > 5 ? " and more" : "";
  return `${online} of ${of} online${missing.length > 0 ? `; missing: ${named}${more}` : ""}`;
}

function sizeText(size: Status["journal"]["size"]): string {
  if (!size) return "not known: the disk does not say";
  const { usedBytes, roomBytes, usedPercent, diskFreeBytes, eventsADay, bytesADay, daysLeft } = size;
  const room = daysLeft === null ? "" : `, room for ${daysLeft} days`;
  const growth =
    bytesADay === null
      ? "its growth is not known before it is a day old"
      : `${bytes(bytesADay)} a day (${eventsADay} events)${room}`;
  return `${bytes(usedBytes)}, ${usedPercent} % of ${bytes(roomBytes)}; ${growth}; ${bytes(diskFreeBytes)} free on the disk`;
}

function keptText({ size, keepDays }: Status["journal"]): string {
  const byDays = new Map<string, string[]>();
  for (const [category, days] of Object.entries(keepDays)) {
    const span = days === "forever" ? "for ever" : `${days} days`;
    byDays.set(span, [...(byDays.get(span) ?? []), category]);
  }
  const rules = [...byDays].map(([span, categories]) => `${categories.join(", ")} ${span}`).join("; ");
  return `${size?.oldestAt ? `from ${size.oldestAt.slice(0, 10)} on` : "nothing yet"} (${rules})`;
}

function bytes(count: number): string {
  if (count < 1e6) return `${Math.round(count / 1e3)} kB`;
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}
