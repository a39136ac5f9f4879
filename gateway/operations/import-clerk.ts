/**
 * Reads a list of people in a process of its own: a million lines take it half a minute, no door waits for any of it, and it can be
 * ended at any moment. It tells how far it is; what it found is in the staging file.
 */

import { randomInt } from "node:crypto";
import { open } from "node:fs/promises";
import { setPriority } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { parseCardValue } from "../cards/canonical.js";
import type { CardFormat } from "../cards/formats.js";
import { instantOf } from "../site/local-time.js";
import { type LineFault, type ListLine, PeopleListReader } from "../site/people-csv.js";
import type { ListCardExtras, ListExtras } from "../site/people-csv-extras.js";
import { type StagedFault, type StagedLine, StagedPeople } from "../store/people-staging.js";

/** What it is given to work with. */
export interface ClerksOrder {
  readonly list: string;
  readonly staging: string;
  readonly database: string;
  readonly groups: readonly string[];
  readonly cardFormats: readonly CardFormat[];
  readonly timeZone: string;
  /** How long he waits for more of a list whose sender says nothing, in milliseconds; then he gives it up. */
  readonly patienceMs: number;
}

export type ClerkHears =
  | { readonly is: "order"; readonly order: ClerksOrder }
  /** So many bytes of the list are in its file; `all`: no more will come. */
  | { readonly is: "received"; readonly bytes: number; readonly all: boolean };

export type ClerkSays =
  | { readonly is: "reading"; readonly bytes: number; readonly lines: number; readonly refused: number }
  | { readonly is: "working"; readonly step: string }
  | { readonly is: "done" }
  | { readonly is: "failed"; readonly why: string };

/** The ids of one list's cards begin alike and count up: written in their order, and short in memory. */
const prefix = (): string => `c${Array.from({ length: 4 }, () => randomInt(36).toString(36)).join("")}`;

const bytesAtOnce = 256 * 1024;
const linesAtOnce = 500;

/** How much of the list is there to be read. */
class Inbox {
  #patienceMs = 0;
  #bytes = 0;
  #all = false;
  #wake = (): void => {};

  received(bytes: number, all: boolean): void {
    this.#bytes = bytes;
    this.#all = all;
    this.#wake();
  }

  /** The list in pieces, as it comes; ends once all of it was read. Throws where nothing comes for too long. */
  async *pieces({ list, patienceMs }: ClerksOrder): AsyncGenerator<Buffer> {
    this.#patienceMs = patienceMs;
    const handle = await open(list);
    try {
      for (let at = 0; ; ) {
        if (at < this.#bytes) {
          const length = Math.min(bytesAtOnce, this.#bytes - at);
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
          if (bytesRead === 0) throw new Error(`the list ends at byte ${at} of ${this.#bytes}`);
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        } else if (this.#all) return;
        else await this.#more();
      }
    } finally {
      await handle.close();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("no more of the list came")), this.#patienceMs);
      this.#wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

async function stage(order: ClerksOrder, inbox: Inbox, say: (what: ClerkSays) => void): Promise<void> {
  const staged = await StagedPeople.create(order.staging);
  try {
    await readList(order, inbox, staged, say);
    await staged.compare(order.database, prefix, (step) => say({ is: "working", step }));
  } finally {
    await staged.close();
  }
}

async function readList(
  order: ClerksOrder,
  inbox: Inbox,
  staged: StagedPeople,
  say: (what: ClerkSays) => void,
): Promise<void> {
  const lines: StagedLine[] = [];
  const faults: StagedFault[] = [];
  const count = { bytes: 0, lines: 0, refused: 0 };
  const fault = ({ line, column = "", message }: LineFault): void => {
    count.refused++;
    faults.push({ line, column, message });
  };
  const read = lineReader(order, fault);
  const list = new PeopleListReader((line) => {
    const row = read(line);
    count.lines++;
    if (row) lines.push(row);
  }, fault);
  // While one part is being written, the next is read.
  let writing = Promise.resolve();
  const keep = async (least: number): Promise<void> => {
    while (lines.length > least) {
      await writing;
      writing = staged.add(lines.splice(0, linesAtOnce));
    }
    while (faults.length > least) {
      await writing;
      writing = staged.addFaults(faults.splice(0, linesAtOnce));
    }
  };
  const decoder = new StringDecoder("utf8");
  for await (const bytes of inbox.pieces(order)) {
    count.bytes += bytes.length;
    // Once it is no list, the rest is only waited for.
    if (list.over) continue;
    list.write(decoder.write(bytes));
    await keep(linesAtOnce);
    say({ is: "reading", ...count });
  }
  list.write(decoder.end());
  list.end();
  await keep(0);
  await writing;
  say({ is: "reading", ...count });
}

/** What a line of sound form means at this site; or its faults. */
function lineReader(
  { groups, cardFormats, timeZone }: ClerksOrder,
  fault: (fault: LineFault) => void,
): (line: ListLine) => StagedLine | undefined {
  const known = new Set(groups);
  const instants = new Map<string, number | undefined>();
  const instantAt = (text: string, edge: "from" | "until"): number | undefined => {
    const key = `${edge} ${text}`;
    if (!instants.has(key)) {
      if (instants.size > 10_000) instants.clear();
      instants.set(key, instantOf(text, timeZone, edge));
    }
    return instants.get(key);
  };
  return (line) => {
    let sound = true;
    const wrong = (column: string, message: string): void => {
      sound = false;
      fault({ line: line.line, column, message });
    };
    for (const group of line.groups) if (!known.has(group)) wrong("groups", `there is no group "${group}"`);
    const validFrom = line.validFrom === undefined ? undefined : instantAt(line.validFrom, "from");
    const validUntil = line.validUntil === undefined ? undefined : instantAt(line.validUntil, "until");
    if (line.validFrom !== undefined && validFrom === undefined) wrong("valid_from", "is no date");
    if (line.validUntil !== undefined && validUntil === undefined) wrong("valid_until", "is no date");
    const { credential } = line;
    const card = credential && parseCardValue(credential.value, cardFormats);
    if (card && "fault" in card) wrong("credential", card.fault);
    const extra = personPatch(line.extras, (text) => instantAt(text, "until"), wrong);
    if (!sound) return undefined;
    return {
      line: line.line,
      person: line.person,
      name: line.name,
      groups: [...line.groups].sort(),
      blocked: line.blocked,
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validUntil === undefined ? {} : { validUntil }),
      ...(card && "value" in card ? { value: card.value } : {}),
      ...(credential?.printed === undefined ? {} : { printed: credential.printed }),
      ...(credential?.status === undefined ? {} : { status: credential.status }),
      ...(extra === undefined ? {} : { extra }),
      ...(credential === undefined ? {} : cardPatch(credential)),
    };
  };
}

/** What the line says of the extras, as a patch of the row's (RFC 7396, order as in `extras.ts`); undefined: nothing. */
function personPatch(
  { traits, trainings, host, sponsor, inductedUntil, company }: ListExtras,
  instantAt: (text: string) => number | undefined,
  wrong: (column: string, message: string) => void,
): string | undefined {
  const at = (column: string, text: string): number => {
    const found = instantAt(text);
    if (found === undefined) wrong(column, "is no date");
    return found ?? 0;
  };
  const patch = {
    ...(traits === undefined ? {} : { traits }),
    ...(trainings === undefined
      ? {}
      : {
          trainings:
            trainings &&
            Object.entries(trainings).map(([training, until]) => [training, at("trainings", until)]),
        }),
    ...(host === undefined ? {} : { host }),
    ...(sponsor === undefined ? {} : { sponsor }),
    ...(inductedUntil === undefined
      ? {}
      : { inductedUntil: inductedUntil && at("inducted_until", inductedUntil) }),
    ...(company === undefined ? {} : { company }),
  };
  return Object.keys(patch).length === 0 ? undefined : JSON.stringify(patch);
}

function cardPatch({ maxUses, responder }: ListCardExtras): { cardExtra?: string } {
  if (maxUses === undefined && responder === undefined) return {};
  return {
    cardExtra: JSON.stringify({
      ...(maxUses === undefined ? {} : { maxUses }),
      ...(responder === undefined ? {} : { responder }),
    }),
  };
}

/** Behind whatever else the machine has to do. */
const niceness = 5;

if (process.send) {
  setPriority(niceness);
  const say = (what: ClerkSays): void => {
    process.send?.(what);
  };
  // The gateway is gone: nobody waits for this any more.
  process.on("disconnect", () => process.exit(0));
  const inbox = new Inbox();
  process.on("message", (heard: ClerkHears) => {
    if (heard.is === "received") {
      inbox.received(heard.bytes, heard.all);
      return;
    }
    stage(heard.order, inbox, say)
      .then(
        () => say({ is: "done" }),
        (error: unknown) =>
          say({ is: "failed", why: error instanceof Error ? (error.stack ?? "") : String(error) }),
      )
      .finally(() => process.disconnect());
  });
}
