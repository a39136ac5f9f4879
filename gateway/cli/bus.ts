/** Readers on RS-485 lines. */
import { createWriteStream, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { LineStatus } from "../../drivers/osdp/desk.js";
import type { ScanFound } from "../../drivers/osdp/line.js";
import { decoded, type TraceEntry, traceText } from "../../drivers/osdp/trace.js";
import { numberUpTo, wholeNumber } from "./arguments.js";
import { type Context, group, operate, performed, show, tell, wantsJson, withConnection } from "./context.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { table } from "./table.js";

const addresses = 127;
const scannedAtOnce = 8;
const lookEveryMs = 300;
const mostMinutes = 10;

type ReaderStatus = LineStatus["readers"][number];

export function addBusCommands(program: Command, context: Context): void {
  const bus = group(program, "bus", "readers on RS-485 lines (OSDP)");

  bus
    .command("list")
    .description("every line with its speed, how much of it is used, and its readers")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ buses: readonly LineStatus[] }>(context, command, "bus.list", {});
      show(context, command, result, ({ buses }) =>
        buses.length === 0
          ? "There are no lines: add buses and devices with driver osdp to the site document.\n"
          : buses.map((line) => lineText(line, context.terminal.columns)).join("\n"),
      );
    });

  bus
    .command("scan")
    .description("which addresses answer on a line; the readers on it go on meanwhile")
    .argument("<bus>", "id of the line")
    .action(async (line: string, _options: unknown, command: Command) => {
      const found: ScanFound[] = [];
      await withConnection(context, command, async (connection) => {
        for (let from = 0; from < addresses; from += scannedAtOnce) {
          const count = Math.min(scannedAtOnce, addresses - from);
          const part = await performed<{ found: readonly ScanFound[] }>(
            connection.perform("bus.scan", { bus: line, from, count }),
          );
          found.push(...part.found);
        }
      });
      show(context, command, { found }, () =>
        found.length === 0 ? "Nobody answers.\n" : foundText(found, context.terminal.columns),
      );
    });

  bus
    .command("monitor")
    .description("what goes over a line, until it is ended; keys, PINs and card numbers are kept back")
    .argument("<bus>", "id of the line")
    .option("--capture <file>", "write it to this file too, to be replayed")
    .option("--seconds <n>", "end by itself after this long", numberUpTo(86_400))
    .action(async (line: string, options: { capture?: string; seconds?: number }, command: Command) => {
      await monitor(context, command, line, options);
    });

  bus
    .command("replay")
    .description("read a capture again and decode it; needs no line")
    .argument("<file>", "what bus monitor --capture has written")
    .action((file: string, _options: unknown, command: Command) => {
      const entries = readCapture(file);
      const unreadable = entries.filter(({ bytes }) => bytes !== undefined && isFaulty(bytes)).length;
      show(context, command, { entries, unreadable }, () =>
        [...entries.map((entry) => `${traceText(entry)}\n`), `${entries.length} lines.\n`].join(""),
      );
    });

  bus
    .command("adopt")
    .description("give a reader its first key of its own; only with a reader that has the factory's key")
    .argument("<device>", "id of the reader in the site document")
    .option("--minutes <n>", "for how long it may be given it (default: 10)", numberUpTo(mostMinutes))
    .action(async (device: string, { minutes }: { minutes?: number }, command: Command) => {
      tell(context, "Whoever records this line now learns the key: do it with nobody else at the wire.");
      const params = { device, ...(minutes === undefined ? {} : { minutes }) };
      await keyed(context, command, device, "bus.adopt", params);
    });

  bus
    .command("rotate")
    .description("give a reader a new key in place of its own")
    .argument("<device>", "id of the reader in the site document")
    .action((device: string, _options: unknown, command: Command) =>
      keyed(context, command, device, "bus.rotate", { device }),
    );

  bus
    .command("move")
    .description("give a reader another address or speed; the site document must then say so too")
    .argument("<device>", "id of the reader in the site document")
    .requiredOption("--address <n>", "0 to 126", wholeNumber(0, addresses - 1))
    .requiredOption("--speed <n>", "9600, 19200, 38400, 57600, 115200 or 230400", wholeNumber(9600, 230_400))
    .action(async (device: string, options: { address: number; speed: number }, command: Command) => {
      const moved = await operate<{ address: number; speed: number }>(context, command, "bus.move", {
        device,
        ...options,
      });
      show(
        context,
        command,
        moved,
        ({ address, speed }) =>
          `${device} is at address ${address} with ${speed} bits a second now; write that into the site document.\n`,
      );
    });
}

async function keyed(
  context: Context,
  command: Command,
  device: string,
  operation: string,
  params: object,
): Promise<void> {
  const stopping = context.stopping();
  await withConnection(context, command, async (connection) => {
    await performed(connection.perform(operation, params));
    for (;;) {
      await sleep(lookEveryMs);
      const { buses } = await performed<{ buses: readonly LineStatus[] }>(connection.perform("bus.list", {}));
      const reader = buses.flatMap(({ readers }) => readers).find((each) => each.device === device);
      if (reader?.adoption === "done" && reader.online) break;
      const waiting = reader?.adoptingForMs !== undefined || reader?.adoption === undefined;
      if (!waiting && reader?.adoption !== "done")
        throw new CommandFailed(exitCodes.refused, "not-keyed", `${device}: ${reader?.adoption}`);
      if (stopping.aborted)
        throw new CommandFailed(exitCodes.refused, "not-keyed", `${device} has no new key yet`);
    }
  });
  show(context, command, { device, key: "installed" }, () => `${device} has a new key of its own.\n`);
}

async function monitor(
  context: Context,
  command: Command,
  line: string,
  options: { readonly capture?: string; readonly seconds?: number },
): Promise<void> {
  const stopping = context.stopping();
  const end = performance.now() + (options.seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  const file =
    options.capture === undefined ? undefined : createWriteStream(options.capture, { mode: 0o600 });
  const json = wantsJson(command);
  try {
    await withConnection(context, command, async (connection) => {
      let after = 0;
      while (!stopping.aborted && performance.now() < end) {
        const { entries } = await performed<{ entries: readonly TraceEntry[] }>(
          connection.perform("bus.trace", { bus: line, after }),
        );
        for (const entry of entries) {
          file?.write(`${JSON.stringify(entry)}\n`);
          context.terminal.out(json ? `${JSON.stringify(entry)}\n` : `${traceText(entry)}\n`);
        }
        after = entries.at(-1)?.n ?? after;
        await sleep(Math.min(lookEveryMs, Math.max(0, end - performance.now())));
      }
    });
  } finally {
    if (file) await new Promise((closed) => file.end(closed));
  }
}

function readCapture(file: string): TraceEntry[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index): TraceEntry[] => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as TraceEntry];
    } catch {
      throw new CommandFailed(
        exitCodes.usage,
        "no-capture",
        `${file}, line ${index + 1}: is no line of a capture`,
      );
    }
  });
}

/** Bytes that are there and decode to no frame. */
function isFaulty(bytes: string): boolean {
  return !bytes.includes(".") && decoded(bytes) === undefined;
}

function lineText(line: LineStatus, columns: number): string {
  const { measured, limit } = line.rate;
  const head = `${line.id}: ${line.port ?? `not open (${line.fault})`}, ${line.speed} bits a second, ${measured.toFixed(0)} of at most ${limit.toFixed(0)} exchanges a second\n`;
  return line.readers.length === 0
    ? head
    : head +
        table<ReaderStatus>(
          [
            { title: "READER", value: ({ device }) => device },
            { title: "ADDRESS", value: ({ address }) => String(address) },
            { title: "STATE", value: ({ online }) => (online ? "online" : "offline") },
            { title: "PROTECTION", value: protectionText },
            { title: "MODEL", value: ({ model }) => model ?? "", shrinks: true },
            { title: "SERIAL", value: ({ serial }) => serial ?? "" },
          ],
          line.readers,
          columns,
        );
}

function protectionText({ protection, adoptingForMs }: ReaderStatus): string {
  if (adoptingForMs !== undefined) return `may be given a key for ${Math.ceil(adoptingForMs / 1000)} s`;
  return protection === "none" ? "NONE, in the clear" : protection;
}

function foundText(found: readonly ScanFound[], columns: number): string {
  return table(
    [
      { title: "ADDRESS", value: ({ address }) => String(address) },
      { title: "DEVICE", value: ({ device }) => device ?? "(not in the site)" },
      { title: "MODEL", value: ({ model }) => model ?? "", shrinks: true },
      { title: "SERIAL", value: ({ serial }) => serial ?? "" },
      { title: "FIRMWARE", value: ({ firmware }) => firmware ?? "" },
    ],
    found,
    columns,
  );
}
