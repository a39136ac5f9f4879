import { connect as connectTcp, type Socket } from "node:net";
import { connectPacket } from "../broker/packets.js";
import type { Credentials } from "./building.js";

/** A bare connection of somebody who means harm: every byte is ours. Never throws; `closed` tells that it is over. */
export class Wire {
  readonly socket: Socket;
  /** All that came, as far as it was read. */
  readonly heard: Buffer[] = [];
  readonly opened: Promise<boolean>;
  readonly closed: Promise<void>;

  constructor(at: { readonly host: string; readonly port: number }, from = "127.0.0.1", reads = true) {
    this.socket = connectTcp({ host: at.host, port: at.port, localAddress: from, noDelay: true });
    this.socket.on("error", () => {});
    this.opened = new Promise((resolve) => {
      this.socket.once("connect", () => resolve(true));
      this.socket.once("close", () => resolve(false));
    });
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    if (reads) this.socket.on("data", (bytes: Buffer) => this.heard.push(bytes));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.heard);
  }

  write(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Resolves true when closed by the other side within this long; false, and destroyed, if not. */
  async overWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const over = await Promise.race([this.closed.then(() => true as const), late]);
    clearTimeout(timer);
    this.socket.destroy();
    return over;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Connected with its right key, CONNACK read. Rejects if it is not let in within five seconds. */
export async function signedIn(
  at: { readonly host: string; readonly port: number },
  { id, key }: Credentials,
  { from = "127.0.0.1", ...options }: Parameters<typeof connectPacket>[1] & { from?: string } = {},
): Promise<Wire> {
  const wire = new Wire(at, from);
  wire.write(connectPacket(id, { ...options, key }));
  const welcome = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${id} was not answered`)), 5_000);
    wire.socket.once("data", (bytes: Buffer) => {
      clearTimeout(timer);
      if (bytes[0] === 0x20 && bytes[3] === 0) resolve();
      else reject(new Error(`${id} was refused: ${bytes.toString("hex")}`));
    });
    wire.socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error(`${id} was closed`));
    });
  });
  try {
    await welcome;
    return wire;
  } catch (error) {
    wire.destroy();
    throw error;
  }
}
