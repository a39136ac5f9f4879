import { describe, expect, test } from "vitest";
import type { Performed } from "../../gateway/ports.js";
import { commandLine } from "./command-line.js";

const front = {
  id: "front",
  name: "Front door",
  lock: "locked",
  position: "closed",
  mode: "card",
  online: true,
  alarm: null,
  override: null,
  since: null,
};

const doors = (): Performed => ({
  ok: true,
  result: { doors: [front, { ...front, id: "side", alarm: "forced" }] },
});

describe("doors on the command line", () => {
  test("every door is a line that fits the terminal", async () => {
    const said = await commandLine(["door", "list"], { play: doors });
    expect(said.exitCode).toBe(0);
    expect(said.out.split("\n")[2]).toMatch(/^side +Front door +locked +closed +card +online +forced$/);
    expect(said.err).toBe("");
  });

  test("with --json the answer is one JSON value and nothing else", async () => {
    const said = await commandLine(["door", "list", "--json"], { play: doors });
    expect(JSON.parse(said.out)).toEqual({ doors: [front, { ...front, id: "side", alarm: "forced" }] });
  });

  test("a door is unlocked for as long as was said, with the reason", async () => {
    const said = await commandLine(["door", "unlock", "front", "--for", "5s", "--note", "parcel"]);
    expect(said.asked).toEqual([
      { name: "door.unlock", params: { door: "front", ms: 5000, note: "parcel" } },
    ]);
    expect(said.out).toBe("Door front is unlocked.\n");
  });

  test("a door is returned to its mode at rest by the word rest", async () => {
    const said = await commandLine(["door", "mode", "front", "rest"]);
    expect(said.asked).toEqual([{ name: "door.mode", params: { door: "front" } }]);
  });

  test("an override ends at the instant that was said", async () => {
    const said = await commandLine(["door", "mode", "front", "free", "--until", "2026-11-24T18:00:00+01:00"]);
    expect(said.asked).toEqual([
      { name: "door.mode", params: { door: "front", mode: "free", until: "2026-11-24T17:00:00.000Z" } },
    ]);
  });

  test("a door is allowed to stand open until an hour, and no longer when none is named", async () => {
    const said = await commandLine(["door", "allow-open", "front", "--until", "2026-11-24T18:00:00+01:00"]);
    expect(said.asked).toEqual([
      { name: "door.allow-open", params: { door: "front", until: "2026-11-24T17:00:00.000Z" } },
    ]);
    const ended = await commandLine(["door", "allow-open", "front", "--note", "delivery is in"]);
    expect(ended.asked).toEqual([
      { name: "door.allow-open", params: { door: "front", note: "delivery is in" } },
    ]);
    expect(ended.out).toBe("Door front may no longer stand open.\n");
  });

  test("a refusal ends with code 3 and says why", async () => {
    const play = (): Performed => ({
      ok: false,
      refusal: { code: "not-found", message: 'there is no door "frnt"' },
    });
    const said = await commandLine(["door", "unlock", "frnt"], { play });
    expect(said).toMatchObject({ exitCode: 3, out: "", err: 'gatewarden: there is no door "frnt"\n' });
    const json = await commandLine(["door", "unlock", "frnt", "--json"], { play });
    expect(json).toMatchObject({ exitCode: 3, out: "" });
    expect(JSON.parse(json.err)).toEqual({
      error: { code: "not-found", message: 'there is no door "frnt"', faults: [] },
    });
  });

  test.each([
    [{ code: "forbidden" }, 3],
    [{ code: "conflict" }, 3],
    [{ code: "refused" }, 3],
    [{ code: "stale" }, 3],
    [{ code: "busy" }, 3],
    [{ code: "invalid" }, 2],
    [{ code: "unavailable" }, 4],
    [{ code: "unknown-operation" }, 4],
    [{ code: "broken" }, 1],
  ] as const)("%o ends with exit code %i", async ({ code }, exitCode) => {
    const play = () => ({ ok: false, refusal: { code, message: "no" } }) as Performed;
    expect(await commandLine(["door", "list"], { play })).toMatchObject({ exitCode });
  });

  test.each([["5"], ["-3s"], ["soon"], ["0s"], [""]].map(([text]) => [text as string]))(
    "the duration %j is taken in milliseconds or refused",
    async (text) => {
      const said = await commandLine(["door", "unlock", "front", `--for=${text}`]);
      expect(said.exitCode).toBe(text === "5" ? 0 : 2);
      expect(said.asked).toHaveLength(text === "5" ? 1 : 0);
    },
  );
});

test("a lift is forced only where that is said", async () => {
  const argv = ["lift", "unlock", "cab", "attic", "--note", "fire drill"];
  const params = { lift: "cab", area: "attic", note: "fire drill" };
  expect((await commandLine(argv)).asked).toEqual([{ name: "lift.unlock", params }]);
  expect((await commandLine([...argv, "--force"])).asked).toEqual([
    { name: "lift.unlock", params: { ...params, force: true } },
  ]);
});
