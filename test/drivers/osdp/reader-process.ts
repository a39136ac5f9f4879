/**
 * Simulated readers on one line, as a process of their own: `tsx reader-process.ts <port> <sketches> <speed> [paced]`. Shares nothing
 * with the driver. Told what to do by lines of JSON on its standard input; tells what it did on its output. `paced`: bytes take the
 * time that they would take on a real line, which a pseudo-terminal does not give.
 */
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { SerialPort } from "serialport";
import { commandsIn, type ReaderSketch, SimulatedReader } from "./simulated-reader.js";

export type Wish =
  | { readonly do: "card"; readonly address: number; readonly bits: string }
  | { readonly do: "keys"; readonly address: number; readonly keys: string }
  | { readonly do: "input"; readonly address: number; readonly states: readonly number[] }
  | { readonly do: "silent"; readonly address: number; readonly silent: boolean }
  | { readonly do: "busy"; readonly address: number; readonly times: number }
  | { readonly do: "refuse"; readonly address: number; readonly refuse: boolean }
  | { readonly do: "tamper"; readonly address: number; readonly tamper: boolean }
  /** One answer in the clear in the middle of a session. */
  | { readonly do: "inject"; readonly address: number; readonly code: number; readonly data: string }
  /** Power off and on: session and sequence are gone. */
  | { readonly do: "restart"; readonly address: number }
  /** This share of all bytes that leave has a bit flipped, is dropped, or has garbage before it. */
  | { readonly do: "noise"; readonly share: number }
  /** These bytes on the line, answering nothing. */
  | { readonly do: "say"; readonly hex: string }
  | { readonly do: "report"; readonly address: number };

type Bytes = Buffer;

/** A small generator, so that a run can be repeated (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function spoilt(bytes: Bytes, share: number, random: () => number): Bytes {
  if (share <= 0) return bytes;
  const out: number[] = [];
  for (const byte of bytes) {
    if (random() >= share) out.push(byte);
    else {
      const kind = Math.floor(random() * 3);
      if (kind === 0) out.push(byte ^ (1 << Math.floor(random() * 8)));
      else if (kind === 1) out.push(Math.floor(random() * 256), byte);
    }
  }
  return Buffer.from(out);
}

/** Waits without a timer's coarseness. */
function at(instant: number, then: () => void): void {
  if (performance.now() >= instant) then();
  else setImmediate(() => at(instant, then));
}

function serve(path: string, sketches: readonly ReaderSketch[], speed: number, paced: boolean): void {
  let readers = sketches.map((sketch) => new SimulatedReader(sketch));
  let noise = 0;
  const random = randomOf(8);
  const port = new SerialPort({ path, baudRate: speed });
  let held: Bytes = Buffer.alloc(0);
  const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
  port.on("open", () => tell({ is: "open" }));
  port.on("close", () => process.exit(0));
  port.on("error", () => process.exit(0));
  port.on("data", (bytes: Bytes) => {
    const { heard, rest } = commandsIn(Buffer.concat([held, bytes]));
    held = rest;
    for (const command of heard) {
      for (const reader of readers) {
        const cards = reader.waiting.filter(({ code }) => code === 0x50).length;
        const answer = reader.hear(command, performance.now());
        if (!answer) continue;
        const isCard = reader.waiting.filter(({ code }) => code === 0x50).length < cards;
        const onTheWireMs = paced ? ((command.raw.length + 1 + answer.length + 1) * 10_000) / speed : 0;
        at(performance.now() + onTheWireMs, () => {
          port.write(spoilt(answer, noise, random));
          // On the machine's clock: the other end of the measurement is in another process.
          if (isCard) tell({ is: "card", at: performance.timeOrigin + performance.now() });
        });
      }
    }
  });
  createInterface({ input: process.stdin })
    .on("line", (line) => grant(JSON.parse(line) as Wish))
    .on("close", () => process.exit(0));

  function grant(wish: Wish): void {
    if (wish.do === "noise") {
      noise = wish.share;
      return;
    }
    if (wish.do === "say") {
      port.write(Buffer.from(wish.hex, "hex"));
      return;
    }
    const reader = readers.find(
      ({ address, sketch }) => address === wish.address || sketch.address === wish.address,
    );
    if (!reader) return;
    switch (wish.do) {
      case "card":
        reader.card(wish.bits);
        break;
      case "keys":
        reader.keys(wish.keys);
        break;
      case "input":
        reader.setInputs(wish.states);
        break;
      case "silent":
        reader.silent = wish.silent;
        break;
      case "busy":
        reader.busyTimes = wish.times;
        break;
      case "refuse":
        reader.refuses = wish.refuse;
        break;
      case "tamper":
        reader.tamper = wish.tamper;
        reader.waiting.push({ code: 0x48, data: Buffer.from([wish.tamper ? 1 : 0, 0]) });
        break;
      case "inject":
        reader.injectClear = { code: wish.code, data: Buffer.from(wish.data, "hex") };
        break;
      case "restart": {
        const anew = new SimulatedReader(reader.sketch);
        anew.key = reader.key;
        readers = readers.map((other) => (other === reader ? anew : other));
        break;
      }
      case "report":
        tell({
          is: "report",
          done: reader.done,
          secure: reader.channel?.up ?? false,
          key: reader.key?.toString("hex") ?? null,
          waiting: reader.waiting.length,
          address: reader.address,
          file: createHash("sha256").update(reader.file).digest("hex"),
        });
        return;
    }
    tell({ is: "granted", do: wish.do });
  }
}

if (process.argv[1]?.endsWith("reader-process.ts")) {
  const [, , path = "", sketches = "[]", speed = "115200", paced] = process.argv;
  serve(path, JSON.parse(sketches) as ReaderSketch[], Number(speed), paced === "paced");
}
