/** Runs the command line inside the test's process, over a gateway that the test plays, and remembers what it said. */
import { Readable } from "node:stream";
import type { Command } from "commander";
import type { Connect, Connection } from "../../gateway/cli/connection.js";
import { buildProgram, run } from "../../gateway/cli/program.js";
import type { Terminal } from "../../gateway/cli/terminal.js";
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
    terminal: ears({}).terminal,
    env: {},
    stopping: () => new AbortController().signal,
    connect: () => Promise.reject(new Error("nobody plays")),
  });
}

interface Ears {
  readonly terminal: Terminal;
  out(): string;
  err(): string;
}

function ears({ input, columns = 80 }: Stage): Ears {
  let out = "";
  let err = "";
  return {
    terminal: {
      input: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      columns,
      progress: false,
    },
    out: () => out,
    err: () => err,
  };
}

/** Runs a command over a real connection. */
export async function commandLineOver(
  connect: Connect,
  argv: readonly string[],
  stage: Stage = {},
): Promise<Pick<Said, "exitCode" | "out" | "err">> {
  const { terminal, out, err } = ears(stage);
  const stopping = () => stage.stopping ?? new AbortController().signal;
  const exitCode = await run(argv, { terminal, env: stage.env ?? {}, stopping, connect });
  return { exitCode, out: out(), err: err() };
}

export async function commandLine(argv: readonly string[], stage: Stage = {}): Promise<Said> {
  const asked: { name: string; params: unknown }[] = [];
  const folders: string[] = [];
  let open = 0;
  const connect: Connect = async (dataDir) => {
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
  };
  const said = await commandLineOver(connect, argv, stage);
  if (open !== 0) throw new Error(`${argv.join(" ")}: left ${open} connection(s) open`);
  return { ...said, asked, folders };
}
