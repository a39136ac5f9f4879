/** Runs the command line inside the test's process, over a gateway that the test plays, and remembers what it said. */
import { Readable } from "node:stream";
import type { Command } from "commander";
import type { Connection } from "../../gateway/cli/connection.js";
import type { Context } from "../../gateway/cli/context.js";
import { buildProgram, run } from "../../gateway/cli/program.js";
import type { Performed } from "../../gateway/ports.js";

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** What was asked of the gateway, in order. */
  readonly asked: readonly { readonly name: string; readonly params: unknown }[];
  /** The folders that were connected to. */
  readonly folders: readonly string[];
}

export type Play = (name: string, params: Readonly<Record<string, unknown>>) => Performed | undefined;

export interface Stage {
  /** What the gateway answers; undefined: `{ status: "ok" }`. */
  readonly play?: Play;
  readonly mode?: Connection["mode"];
  readonly follow?: Connection["follow"];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly stopping?: AbortSignal;
}

/** The tree of commands itself, over a gateway that nobody plays. */
export function commandTree(): Command {
  return buildProgram({
    terminal: {
      input: Readable.from([]),
      out: () => {},
      err: () => {},
      columns: 80,
      colour: false,
      progress: false,
    },
    env: {},
    stopping: () => new AbortController().signal,
    connect: () => Promise.reject(new Error("nobody plays")),
  });
}

export async function commandLine(argv: readonly string[], stage: Stage = {}): Promise<Said> {
  const asked: { name: string; params: unknown }[] = [];
  const folders: string[] = [];
  let out = "";
  let err = "";
  let open = 0;
  const context: Context = {
    terminal: {
      input: Readable.from(stage.input === undefined ? [] : [Buffer.from(stage.input)]),
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      columns: stage.columns ?? 80,
      colour: false,
      progress: false,
    },
    env: stage.env ?? {},
    stopping: () => stage.stopping ?? new AbortController().signal,
    connect: async (dataDir) => {
      folders.push(dataDir);
      open += 1;
      return {
        mode: stage.mode ?? "running",
        perform: async (name, params) => {
          asked.push({ name, params });
          const answer = stage.play?.(name, params as Record<string, unknown>);
          return answer ?? { ok: true, result: { status: "ok" } };
        },
        follow: stage.follow ?? (async () => {}),
        close: async () => {
          open -= 1;
        },
      };
    },
  };
  const exitCode = await run(argv, context);
  if (open !== 0) throw new Error(`${argv.join(" ")}: left ${open} connection(s) open`);
  return { exitCode, out, err, asked, folders };
}
