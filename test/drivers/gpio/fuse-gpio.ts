/**
 * /sys/class/gpio without a board: a FUSE file system in plain Node (raw protocol of /dev/fuse, linux/fuse.h 7.31) with gpiochips and
 * lines that behave as the kernel's do, so that the real onoff runs over it unchanged. Must be a process of its own: who asks the file
 * system is blocked until it answers.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, read, writeSync } from "node:fs";

const ops = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  access: 34,
  interrupt: 36,
  destroy: 38,
  poll: 40,
  batchForget: 42,
} as const;
const errors = { ENOENT: -2, EIO: -5, EINVAL: -22, ENOSYS: -38, EPERM: -1, EBUSY: -16 } as const;
const pollPri = 0x02;
const pollErr = 0x08;
const directIo = 1;
const notifyPoll = 1;

export interface ChipSketch {
  readonly base: number;
  readonly label: string;
  readonly lines: number;
}

interface Line {
  readonly number: number;
  /** Electrical. */
  level: 0 | 1;
  direction: "in" | "out";
  activeLow: boolean;
  edge: "none" | "rising" | "falling" | "both";
  /** Changes that the edge setting wants told. */
  events: number;
}

/** A change of an output's electrical level, or of what it is. */
export interface Driven {
  readonly line: number;
  readonly level: 0 | 1;
  /** Milliseconds of this process's clock. */
  readonly at: number;
}

type Content = { readonly read: () => string; readonly write?: (text: string) => number };

export class GpioFiles {
  readonly #chips: readonly ChipSketch[];
  readonly #levels = new Map<number, 0 | 1>();
  readonly #lines = new Map<number, Line>();
  readonly #nodes = new Map<string, number>([["/", 1]]);
  readonly #paths = new Map<number, string>([[1, "/"]]);
  /** By open file: the events that it has seen, and who polls it. */
  readonly #files = new Map<bigint, { readonly path: string; seen: number; poll?: bigint }>();
  readonly #onDriven: (driven: Driven) => void;
  #fd = -1;
  #nextFile = 1n;
  #broken = false;

  constructor(chips: readonly ChipSketch[], onDriven: (driven: Driven) => void) {
    this.#chips = chips;
    this.#onDriven = onDriven;
  }

  mount(folder: string): void {
    this.#fd = openSync("/dev/fuse", "r+");
    const stdio = ["ignore", "ignore", "inherit", this.#fd] as const;
    const options = "fd=3,rootmode=40000,user_id=0,group_id=0";
    const { status } = spawnSync("mount", ["-i", "-t", "fuse", "-o", options, "gpio", folder], {
      stdio: [...stdio],
    });
    if (status !== 0) throw new Error(`mount: ${status}`);
    this.#listen(Buffer.alloc(1 << 17));
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Somebody opens or closes the contact at a line. */
  setLevel(number: number, level: 0 | 1): void {
    this.#levels.set(number, level);
    const line = this.#lines.get(number);
    if (!line || line.direction === "out" || line.level === level) return;
    this.#change(line, level);
  }

  level(number: number): 0 | 1 {
    return this.#lines.get(number)?.level ?? this.#levels.get(number) ?? 0;
  }

  directionOf(number: number): string {
    return this.#lines.get(number)?.direction ?? "none";
  }

  /** Every access fails from now on, as with an expander that is pulled. */
  set broken(broken: boolean) {
    this.#broken = broken;
    if (!broken) this.#lines.clear();
    for (const { poll } of this.#files.values()) if (poll !== undefined) this.#wake(poll);
  }

  #change(line: Line, level: 0 | 1): void {
    line.level = level;
    this.#levels.set(line.number, level);
    if (line.direction === "out") this.#onDriven({ line: line.number, level, at: performance.now() });
    const value = line.activeLow ? 1 - level : level;
    const wanted = line.edge === "both" || line.edge === (value === 1 ? "rising" : "falling");
    if (!wanted) return;
    line.events++;
    for (const file of this.#files.values())
      if (file.path === `/gpio${line.number}/value` && file.poll !== undefined) this.#wake(file.poll);
  }

  // ---------------------------------------------------------------------------------------------------------- the tree

  #children(path: string): string[] | undefined {
    if (path === "/")
      return [
        "export",
        "unexport",
        ...this.#chips.map(({ base }) => `gpiochip${base}`),
        ...[...this.#lines.keys()].map((number) => `gpio${number}`),
      ];
    const chip = this.#chips.some(({ base }) => path === `/gpiochip${base}`);
    if (chip) return ["base", "label", "ngpio"];
    const number = Number(/^\/gpio(\d+)$/.exec(path)?.[1] ?? "-1");
    return this.#lines.has(number) ? ["value", "direction", "active_low", "edge"] : undefined;
  }

  #content(path: string): Content | undefined {
    if (path === "/export") return { read: () => "", write: (text) => this.#export(Number(text)) };
    if (path === "/unexport")
      return {
        read: () => "",
        write: (text) => (this.#lines.delete(Number(text)) ? 0 : errors.EINVAL),
      };
    const [, folder = "", file = ""] = path.split("/");
    const chip = this.#chips.find(({ base }) => folder === `gpiochip${base}`);
    if (chip) {
      const texts: Record<string, string> = {
        base: `${chip.base}\n`,
        label: `${chip.label}\n`,
        ngpio: `${chip.lines}\n`,
      };
      const text = texts[file];
      return text === undefined ? undefined : { read: () => text };
    }
    const line = this.#lines.get(Number(/^gpio(\d+)$/.exec(folder)?.[1] ?? "-1"));
    return line && this.#lineContent(line, file);
  }

  #export(number: number): number {
    if (!this.#chips.some(({ base, lines }) => number >= base && number < base + lines)) return errors.EINVAL;
    if (this.#lines.has(number)) return errors.EBUSY;
    this.#lines.set(number, {
      number,
      level: this.#levels.get(number) ?? 0,
      direction: "in",
      activeLow: false,
      edge: "none",
      events: 0,
    });
    return 0;
  }

  #lineContent(line: Line, file: string): Content | undefined {
    switch (file) {
      case "value":
        return {
          read: () => `${line.activeLow ? 1 - line.level : line.level}\n`,
          write: (text) => {
            if (line.direction !== "out") return errors.EPERM;
            const on = text.trim() === "1";
            const level = on !== line.activeLow ? 1 : 0;
            if (level !== line.level) this.#change(line, level);
            return 0;
          },
        };
      case "direction":
        return {
          read: () => `${line.direction}\n`,
          write: (text) => {
            const wanted = text.trim();
            if (!["in", "out", "high", "low"].includes(wanted)) return errors.EINVAL;
            line.direction = wanted === "in" ? "in" : "out";
            // The level is the wire's, whatever active_low says (gpiod_direction_output_raw).
            if (line.direction === "out") this.#change(line, wanted === "high" ? 1 : 0);
            return 0;
          },
        };
      case "active_low":
        return {
          read: () => `${line.activeLow ? 1 : 0}\n`,
          write: (text) => {
            line.activeLow = text.trim() === "1";
            return 0;
          },
        };
      case "edge":
        return {
          read: () => `${line.edge}\n`,
          write: (text) => {
            const wanted = text.trim();
            if (!["none", "rising", "falling", "both"].includes(wanted)) return errors.EINVAL;
            line.edge = wanted as Line["edge"];
            return 0;
          },
        };
      default:
        return undefined;
    }
  }

  // -------------------------------------------------------------------------------------------------------- the protocol

  #listen(buffer: Buffer): void {
    read(this.#fd, buffer, 0, buffer.length, null, (error, length) => {
      // ENODEV: it was unmounted.
      if (error) return;
      this.#answer(buffer.subarray(0, length));
      this.#listen(buffer);
    });
  }

  #send(unique: bigint, error: number, body: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(16 + body.length, 0);
    head.writeInt32LE(error, 4);
    head.writeBigUInt64LE(unique, 8);
    writeSync(this.#fd, Buffer.concat([head, body]));
  }

  #wake(handle: bigint): void {
    const body = Buffer.alloc(8);
    body.writeBigUInt64LE(handle);
    try {
      this.#send(0n, notifyPoll, body);
    } catch {
      // Nobody polls it any more.
    }
  }

  #answer(request: Buffer): void {
    const op = request.readUInt32LE(4);
    const unique = request.readBigUInt64LE(8);
    const node = Number(request.readBigUInt64LE(16));
    const body = request.subarray(40);
    const path = this.#paths.get(node) ?? "/";
    switch (op) {
      case ops.init: {
        const out = Buffer.alloc(64);
        out.writeUInt32LE(7, 0);
        out.writeUInt32LE(31, 4);
        out.writeUInt32LE(65_536, 8);
        out.writeUInt16LE(16, 16);
        out.writeUInt16LE(12, 18);
        out.writeUInt32LE(65_536, 20);
        this.#send(unique, 0, out);
        return;
      }
      case ops.lookup: {
        const name = body.subarray(0, body.indexOf(0)).toString();
        const child = path === "/" ? `/${name}` : `${path}/${name}`;
        if (!this.#exists(child)) this.#send(unique, errors.ENOENT);
        else this.#send(unique, 0, this.#entry(child));
        return;
      }
      case ops.getattr:
      case ops.setattr: {
        if (!this.#exists(path)) this.#send(unique, errors.ENOENT);
        else this.#send(unique, 0, Buffer.concat([Buffer.alloc(16), this.#attributes(path, node)]));
        return;
      }
      case ops.opendir:
      case ops.open: {
        const out = Buffer.alloc(16);
        const handle = this.#nextFile++;
        this.#files.set(handle, { path, seen: -1 });
        out.writeBigUInt64LE(handle, 0);
        out.writeUInt32LE(op === ops.open ? directIo : 0, 8);
        this.#send(unique, this.#exists(path) ? 0 : errors.ENOENT, this.#exists(path) ? out : undefined);
        return;
      }
      case ops.read: {
        const file = this.#files.get(body.readBigUInt64LE(0));
        const content = this.#content(path);
        if (this.#broken || !content || !file) {
          this.#send(unique, errors.EIO);
          return;
        }
        const offset = Number(body.readBigUInt64LE(8));
        file.seen = this.#eventsOf(path);
        this.#send(unique, 0, Buffer.from(content.read().slice(offset, offset + body.readUInt32LE(16))));
        return;
      }
      case ops.write: {
        const size = body.readUInt32LE(16);
        const text = body.subarray(40, 40 + size).toString();
        const content = this.#content(path);
        const error = this.#broken ? errors.EIO : content?.write ? content.write(text) : errors.EPERM;
        const out = Buffer.alloc(8);
        out.writeUInt32LE(size, 0);
        this.#send(unique, error, error === 0 ? out : undefined);
        return;
      }
      case ops.readdir: {
        const offset = Number(body.readBigUInt64LE(8));
        const names = offset > 0 ? [] : (this.#children(path) ?? []);
        this.#send(unique, 0, Buffer.concat(names.map((name, index) => direntOf(name, index + 1))));
        return;
      }
      case ops.poll: {
        const file = this.#files.get(body.readBigUInt64LE(0));
        const out = Buffer.alloc(8);
        if (file) {
          file.poll = body.readBigUInt64LE(8);
          const news = this.#broken || file.seen !== this.#eventsOf(file.path);
          out.writeUInt32LE(news ? pollPri | pollErr : 0, 0);
        }
        this.#send(unique, 0, out);
        return;
      }
      case ops.release:
      case ops.releasedir:
        this.#files.delete(body.readBigUInt64LE(0));
        this.#send(unique, 0);
        return;
      case ops.flush:
      case ops.fsync:
      case ops.access:
        this.#send(unique, 0);
        return;
      case ops.statfs:
        this.#send(unique, 0, Buffer.alloc(80));
        return;
      case ops.forget:
      case ops.batchForget:
      case ops.interrupt:
        return;
      default:
        this.#send(unique, errors.ENOSYS);
    }
  }

  #eventsOf(path: string): number {
    const number = Number(/^\/gpio(\d+)\/value$/.exec(path)?.[1] ?? "-1");
    return this.#lines.get(number)?.events ?? 0;
  }

  #exists(path: string): boolean {
    return this.#children(path) !== undefined || this.#content(path) !== undefined;
  }

  #entry(path: string): Buffer {
    let node = this.#nodes.get(path);
    if (node === undefined) {
      node = this.#nodes.size + 1;
      this.#nodes.set(path, node);
      this.#paths.set(node, path);
    }
    const head = Buffer.alloc(40);
    head.writeBigUInt64LE(BigInt(node), 0);
    return Buffer.concat([head, this.#attributes(path, node)]);
  }

  #attributes(path: string, node: number): Buffer {
    const out = Buffer.alloc(88);
    out.writeBigUInt64LE(BigInt(node), 0);
    const folder = this.#children(path) !== undefined;
    out.writeBigUInt64LE(folder ? 0n : 4096n, 8);
    out.writeUInt32LE(folder ? 0o40755 : 0o100644, 60);
    out.writeUInt32LE(1, 64);
    return out;
  }
}

function direntOf(name: string, offset: number): Buffer {
  const bytes = Buffer.from(name);
  const out = Buffer.alloc(Math.ceil((24 + bytes.length) / 8) * 8);
  out.writeBigUInt64LE(BigInt(offset + 1), 0);
  out.writeBigUInt64LE(BigInt(1_000), 8);
  out.writeUInt32LE(bytes.length, 16);
  bytes.copy(out, 24);
  return out;
}
