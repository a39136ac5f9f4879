/** How a command reaches the building: through the gateway that runs on the data folder, or by opening the house itself. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Performed } from "../ports.js";
import { controlSocketOf, type FeedReader, followAt, NobodyListens, performAt } from "./control-socket.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { terminalLanguage } from "./language.js";

export interface Connection {
  /** `running`: a gateway answers on the data folder's socket. `offline`: none runs, this process has opened the house. */
  readonly mode: "running" | "offline";
  perform(name: string, params: unknown): Promise<Performed>;
  /** Events above `after` as they come, until `signal` is aborted; rejects when the gateway goes away. */
  follow(after: number, reader: FeedReader, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Make the data folder if it is not there: for what sets a site up. Else a mistyped path would look like an empty site. */
  readonly create?: boolean;
}

export type Connect = (dataDir: string, options?: ConnectOptions) => Promise<Connection>;

/** A gateway that is just starting holds the folder some moments before its socket answers. */
const startingWithinMs = 10_000;
const lookAgainAfterMs = 200;

/** The parts of the house that are needed here; loaded only when a command must open it, since that costs most of a second. */
async function openOffline(dataDir: string): Promise<Connection> {
  const [{ openHouse }, { localAdministrator }] = await Promise.all([
    import("../gateway.js"),
    import("../operations/operator.js"),
  ]);
  const house = await openHouse({ dataDir });
  const operator = { ...localAdministrator(), language: terminalLanguage() };
  return {
    mode: "offline",
    perform: (name, params) => house.operations.perform(operator, name, params),
    follow: () =>
      Promise.reject(
        new CommandFailed(
          exitCodes.unreachable,
          "not-running",
          `${resolve(dataDir)}: no gateway runs on this data folder, so nothing new will come`,
        ),
      ),
    close: () => house.close(),
  };
}

function runningAt(socketPath: string): Connection {
  return {
    mode: "running",
    perform: (name, params) => performAt(socketPath, name, params),
    follow: (after, reader, signal) => followAt(socketPath, after, reader, signal),
    close: async () => {},
  };
}

async function answers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return false;
  try {
    await performAt(socketPath, "status", {});
    return true;
  } catch (error) {
    if (error instanceof NobodyListens) return false;
    throw error;
  }
}

/** The gateway that runs on a data folder, or undefined. */
export async function runningGateway(dataDir: string): Promise<Connection | undefined> {
  const socketPath = controlSocketOf(dataDir);
  return (await answers(socketPath)) ? runningAt(socketPath) : undefined;
}

export const connect: Connect = async (dataDir, options = {}) => {
  const giveUpAt = performance.now() + startingWithinMs;
  for (;;) {
    const running = await runningGateway(dataDir);
    if (running) return running;
    if (!existsSync(dataDir) && options.create !== true) {
      throw new CommandFailed(
        exitCodes.unreachable,
        "no-data-folder",
        `${resolve(dataDir)}: there is no such data folder; name one with --data or GATEWARDEN_DATA`,
      );
    }
    try {
      return await openOffline(dataDir);
    } catch (error) {
      if ((error as Error).name !== "DataFolderInUse") throw error;
      if (performance.now() >= giveUpAt) {
        throw new CommandFailed(
          exitCodes.unreachable,
          "in-use",
          `${(error as Error).message}, and it does not answer on ${controlSocketOf(dataDir)}`,
        );
      }
    }
    await sleep(lookAgainAfterMs);
  }
};
