/** What whoever looks after readers can do beside the driver's seam: look at lines, give keys, move readers, send firmware. */
import { FileTransfer, type TransferStep } from "./file-transfer.js";
import type { MoveResult, OsdpLine, ScanFound } from "./line.js";
import type { LineSpeed } from "./orders.js";
import type { TraceEntry } from "./trace.js";

export type LineStatus = OsdpLine["status"];

export interface OsdpDesk {
  lines(): readonly LineStatus[];
  /** The line of a reader. */
  lineOf(device: string): string | undefined;
  /** Which of so many addresses from one on answer; a text: why it cannot be said. */
  scan(line: string, from: number, count: number): Promise<readonly ScanFound[] | string>;
  /** Begins; how it goes, `lines` tells. A text: why not. */
  adopt(device: string, forMs: number): string | undefined;
  rotate(device: string): string | undefined;
  move(device: string, address: number, speed: LineSpeed): Promise<MoveResult>;
  /** What went over the line after entry `n`; undefined: no such line. */
  trace(line: string, n: number): readonly TraceEntry[] | undefined;
  /** Resolves when the reader has it; a text: why not. */
  sendFile(device: string, file: Uint8Array): Promise<string | undefined>;
}

const noLine = "there is no such line";

export function deskOf(lines: () => ReadonlyMap<string, OsdpLine>): OsdpDesk {
  const at = (device: string): OsdpLine | undefined =>
    [...lines().values()].find((line) => line.reader(device) !== undefined);
  return {
    lines: () => [...lines().values()].map(({ status }) => status),
    lineOf: (device) => at(device)?.place.id,
    scan: async (line, from, count) => (await lines().get(line)?.scan(from, count)) ?? noLine,
    adopt: (device, forMs) => {
      const line = at(device);
      return line ? line.adopt(device, forMs) : `${device} is on no line`;
    },
    rotate: (device) => {
      const line = at(device);
      return line ? line.rotate(device) : `${device} is on no line`;
    },
    move: async (device, address, speed) =>
      (await at(device)?.move(device, address, speed)) ?? { fault: `${device} is on no line` },
    trace: (line, n) => lines().get(line)?.trace.after(n, performance.now()),
    sendFile: async (device, file) => {
      const reader = at(device)?.reader(device);
      if (!reader?.present) return `${device} does not answer`;
      const transfer = new FileTransfer(file);
      let step: TransferStep = transfer.start();
      while (step.is === "send") {
        const { afterMs } = step;
        if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
        const result = await reader.tell(step.command);
        if (result.is !== "done") return result.why;
        if (result.reply?.is !== "file-status") return "the reader takes no files";
        step = transfer.heard(result.reply);
      }
      return step.is === "failed" ? step.why : undefined;
    },
  };
}
