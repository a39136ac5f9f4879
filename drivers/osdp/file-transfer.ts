/** A file for a reader, as its firmware: in pieces, as fast and as large as the reader says (OSDP 2.2, 6.26 and 7.25). Pure. */
import { type Command, filePiece } from "./orders.js";
import type { Reply } from "./replies.js";

type FileStatus = Extract<Reply, { is: "file-status" }>;

export type TransferStep =
  | { readonly is: "send"; readonly command: Command; readonly afterMs: number }
  | { readonly is: "done"; readonly restarts: boolean }
  | { readonly is: "failed"; readonly why: string };

/** A reader takes frames of at least 128 bytes; what a session adds around a piece is at most 44. */
const safePieceBytes = 64;
const mostPieceBytes = 512;
const opaque = 1;
/** Action, bit 1: leave the secure channel for the transfer. Firmware in the clear is somebody else's firmware. */
const leaveSession = 0x02;

const failures: Readonly<Record<number, string>> = {
  [-1]: "the reader broke it off",
  [-2]: "the reader does not know such a file",
  [-3]: "the reader found the file malformed",
};

export class FileTransfer {
  readonly #file: Uint8Array;
  #offset = 0;
  #sent = 0;
  #pieceBytes = safePieceBytes;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  get sentBytes(): number {
    return this.#offset;
  }

  start(): TransferStep {
    return this.#piece(0);
  }

  heard(status: FileStatus): TransferStep {
    if (status.status < 0)
      return { is: "failed", why: failures[status.status] ?? `the reader says ${status.status}` };
    if (status.action & leaveSession)
      return { is: "failed", why: "the reader wants the file outside of its secure channel" };
    if (status.mostBytes > 0) this.#pieceBytes = Math.min(mostPieceBytes, status.mostBytes);
    this.#offset += this.#sent;
    const whole = this.#offset >= this.#file.length;
    if (whole && (status.status === 1 || status.status === 2))
      return { is: "done", restarts: status.status === 2 };
    if (whole && status.status === 0) return { is: "done", restarts: false };
    // 3: it is still finishing, and is asked with an empty piece.
    return this.#piece(status.delayMs);
  }

  #piece(afterMs: number): TransferStep {
    const data = this.#file.subarray(this.#offset, this.#offset + this.#pieceBytes);
    this.#sent = data.length;
    return {
      is: "send",
      command: filePiece(opaque, this.#file.length, this.#offset, data),
      afterMs,
    };
  }
}
