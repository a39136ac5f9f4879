import { describe, expect, test } from "vitest";
import type { Performed } from "../../gateway/ports.js";
import { commandLine, type Play } from "./command-line.js";

interface Event {
  seq: number;
  id: string;
  at: string;
  type: string;
  severity: string;
  sentence: string;
  door: string;
  durable?: boolean;
}

function event(seq: number, over: Partial<Event> = {}): Event {
  return {
    seq,
    id: `e${seq}`,
    at: new Date(Date.UTC(2026, 10, 24, 8, 0, seq)).toISOString(),
    type: "access.granted",
    severity: "info",
    sentence: `Ben was let in at Front door (${seq})`,
    door: "front",
    ...over,
  };
}

/** A journal with `last` events, read as the gateway would. */
function journalOf(last: number): Play {
  return (name, params) => {
    if (name === "status") return { ok: true, result: { journal: { lastSeq: last } } };
    const { limit, after, before } = params as { limit: number; after?: number; before?: number };
    const all = Array.from({ length: last }, (_, index) => event(index + 1));
    const events =
      after === undefined
        ? all
            .filter(({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY))
            .reverse()
            .slice(0, limit)
        : all.filter(({ seq }) => seq > after).slice(0, limit);
    return { ok: true, result: { events } };
  };
}

const seqs = (out: string) => (JSON.parse(out) as Event[]).map(({ seq }) => seq);

describe("the newest events", () => {
  test("are twenty, oldest first", async () => {
    const said = await commandLine(["journal", "tail", "--json"], { play: journalOf(50) });
    expect(seqs(said.out)).toEqual(Array.from({ length: 20 }, (_, index) => index + 31));
  });

  test("can be more than the gateway gives at once, each told once", async () => {
    const said = await commandLine(["journal", "tail", "-n", "2345", "--json"], { play: journalOf(5000) });
    expect(seqs(said.out)).toEqual(Array.from({ length: 2345 }, (_, index) => index + 2656));
  });

  test("from a number on are all of them", async () => {
    const said = await commandLine(["journal", "tail", "--after", "10", "--json"], { play: journalOf(2500) });
    expect(seqs(said.out)).toEqual(Array.from({ length: 2490 }, (_, index) => index + 11));
  });

  test("read as sentences that fit 80 columns", async () => {
    const long =
      "Somebody with an unknown badge was not let in at the side door of the workshop, since no such badge is known";
    const said = await commandLine(["journal", "tail", "-n", "1"], {
      play: (name, params) =>
        name === "journal.read"
          ? { ok: true, result: { events: [event(9, { sentence: long })] } }
          : journalOf(9)(name, params),
    });
    for (const line of said.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(said.out.replaceAll(/\s+/g, " ")).toContain("since no such badge is known");
    expect(said.out).toMatch(/^2026-11-24 \d\d:00:09 {6}9 info/);
  });

  test("are asked for with every filter that was given", async () => {
    const argv =
      "journal tail --category access --category door --type access.denied --severity notice --door front";
    const more = "--person p1 --device d1 --from 2026-11-24T08:00:00Z --until 2026-11-24T09:00:00Z";
    const said = await commandLine([...argv.split(" "), ...more.split(" ")], { play: journalOf(0) });
    expect(said.asked.at(-1)).toEqual({
      name: "journal.read",
      params: {
        limit: 20,
        filter: {
          categories: ["access", "door"],
          types: ["access.denied"],
          severities: ["notice"],
          door: "front",
          person: "p1",
          device: "d1",
          from: "2026-11-24T08:00:00.000Z",
          until: "2026-11-24T09:00:00.000Z",
        },
      },
    });
    expect(said).toMatchObject({ exitCode: 0, out: "", err: "There are no such events.\n" });
  });
});

describe("following what happens", () => {
  test("goes on over a gateway that went away and came back, tells what was told early once, and ends in peace", async () => {
    const stop = new AbortController();
    const afters: number[] = [];
    const said = await commandLine(["journal", "tail", "-n", "1", "--follow", "--json"], {
      play: journalOf(5),
      stopping: stop.signal,
      follow: async (after, reader) => {
        afters.push(after);
        if (afters.length === 1) {
          reader.event(event(6));
          reader.cursor(6);
          reader.event(event(7, { durable: false }));
          throw new Error("gone");
        }
        reader.event(event(7));
        reader.event(event(8));
        reader.cursor(8);
        stop.abort();
      },
    });
    expect(said.exitCode).toBe(0);
    expect(afters).toEqual([5, 6]);
    expect(
      said.out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as Event).seq),
    ).toEqual([5, 6, 7, 8]);
    expect(said.err).toMatch(/has gone; waiting for it.*\nThe gateway is back\.\n$/);
  });

  test("shows only what was asked for", async () => {
    const stop = new AbortController();
    const said = await commandLine(
      ["journal", "tail", "-n", "0", "-f", "--json", "--door", "side", "--severity", "notice"],
      {
        play: journalOf(0),
        stopping: stop.signal,
        follow: async (_after, reader) => {
          reader.event(event(1, { door: "side" }));
          reader.event(event(2, { severity: "notice" }));
          reader.event(event(3, { door: "side", severity: "notice" }));
          stop.abort();
        },
      },
    );
    expect(
      said.out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as Event).seq),
    ).toEqual([3]);
  });

  test("from a number on misses nothing that came between", async () => {
    const stop = new AbortController();
    const afters: number[] = [];
    await commandLine(["journal", "tail", "--after", "2", "-n", "2", "--follow", "--json"], {
      play: journalOf(9),
      stopping: stop.signal,
      follow: async (after) => {
        afters.push(after);
        stop.abort();
      },
    });
    expect(afters).toEqual([4]);
  });
});

describe("why something happened", () => {
  const why: Performed = {
    ok: true,
    result: {
      event: event(91234, { type: "access.denied", severity: "notice" }),
      sentence: "Ben was not let in at Front door: outside the schedule",
      trace: [
        ["known-card", "ok"],
        ["within-schedule", "staff: office 07:00-19:00, now 21:04"],
      ],
      remedy: "Between 07:00 and 19:00 it is a grant.",
    },
  };

  test("is told rule by rule, with what would have made it a grant", async () => {
    const said = await commandLine(["why", "91234"], { play: () => why });
    expect(said.asked).toEqual([{ name: "event.why", params: { event: "91234" } }]);
    expect(said.out).toContain("Ben was not let in at Front door: outside the schedule\n");
    expect(said.out).toContain("  ✓ known-card       ok\n");
    expect(said.out).toContain("  ✗ within-schedule  staff: office 07:00-19:00, now 21:04\n");
    expect(said.out).toContain("Between 07:00 and 19:00 it is a grant.\n");
  });

  test("of an event that is not there is code 3", async () => {
    const said = await commandLine(["why", "7"], {
      play: () => ({ ok: false, refusal: { code: "not-found", message: "there is no event 7" } }),
    });
    expect(said).toMatchObject({ exitCode: 3, err: "gatewarden: there is no event 7\n" });
  });
});
