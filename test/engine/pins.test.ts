import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { replay } from "../../gateway/replay.js";
import { openHandle } from "../../gateway/store/database.js";
import { openStore } from "../../gateway/store/store.js";
import { belongings, patience } from "../cli/running-gateway.js";
import { type KeypadHouse, keypadHouse } from "./gateway-with-keypads.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

const modes = ["card-and-pin", "pin", "card-or-pin", "two-step", "card", "card"] as const;
const [cardAndPin, pinOnly, cardOrPin, twoStep, cardOnly, camera] = [1, 2, 3, 4, 5, 6] as const;
const ada = { uid: "04a1b2c3d4e510" };
const ben = { uid: "04a1b2c3d4e511" };

interface Event {
  readonly type: string;
  readonly person?: string;
  readonly reason?: string;
}

describe("PINs on a running gateway", () => {
  let house: KeypadHouse;
  beforeAll(async () => {
    house = await keypadHouse(own.folder(), modes, (site) => ({
      ...site,
      keypad: { wrong: 20, duress: "last-digit-plus-one" },
      readerFormats: [{ readers: ["io-6/reader/1"], formats: ["plate"] }],
    }));
    const row = (person: string, card: { uid: string }) => ({
      person,
      name: person,
      groups: ["staff"],
      credentials: [{ value: `uid:${card.uid}` }],
    });
    await house.done("people.import", { rows: [row("ada", ada), row("ben", ben)] });
    await house.done("person.pin", { person: "ada", pin: "4711" });
  });
  afterAll(() => house.stop());

  const lastEvents = async (): Promise<Event[]> => {
    const { events } = await house.done<{ events: Event[] }>("journal.read", { before: 1e9, limit: 5 });
    return events;
  };
  const setPin = async (person: string, pin: string): Promise<string> => {
    const performed = await house.perform("person.pin", { person, pin });
    return performed.ok ? "set" : `${performed.refusal.code}: ${performed.refusal.message}`;
  };

  test("a card-and-PIN door asks for the PIN and opens for the right one", async () => {
    expect(await house.scan(cardAndPin, ada)).toBe("pin");
    expect(await house.keys(cardAndPin, "0815#")).toBe("denied");
    expect(await house.keys(cardAndPin, "4711#")).toBe("granted");
    await expect.poll(() => house.unlocks(cardAndPin)).toBe(1);
    expect(await house.scan(cardAndPin, ben)).toBe("denied");
    expect(await lastEvents()).toContainEqual(expect.objectContaining({ person: "ben", reason: "no-pin" }));
  });

  test("a PIN door knows who it is, key by key; a card alone does not open it", async () => {
    expect(await house.keys(pinOnly, "47")).toBe("pin");
    expect(await house.keys(pinOnly, "11#")).toBe("granted");
    expect(await house.scan(pinOnly, ada)).toBe("denied");
    expect(await lastEvents()).toContainEqual(
      expect.objectContaining({ type: "access.granted", person: "ada" }),
    );
  });

  test("card or PIN: either; two steps: both, whichever comes first", async () => {
    expect(await house.keys(cardOrPin, "4711#")).toBe("granted");
    expect(await house.scan(cardOrPin, ben)).toBe("granted");
    expect(await house.scan(twoStep, ada)).toBe("wait");
    expect(await house.keys(twoStep, "4711#")).toBe("granted");
    expect(await house.keys(twoStep, "4711#")).toBe("wait");
    expect(await house.scan(twoStep, ada)).toBe("granted");
  });

  test("under threat the door opens as ever, and hold-up is told", async () => {
    expect(await house.keys(pinOnly, "4712#")).toBe("granted");
    expect(await house.scan(cardAndPin, ada)).toBe("pin");
    expect(await house.keys(cardAndPin, "4712#")).toBe("granted");
    const { events } = await house.done<{ events: Event[] }>("journal.read", { before: 1e9, limit: 40 });
    expect(events.filter(({ type }) => type === "access.duress")).toHaveLength(2);
  });

  test("a PIN is one person's alone: it and its neighbours are refused to others, without saying whose they are", async () => {
    const refusals = await Promise.all(["4711", "4712", "4710"].map((pin) => setPin("ben", pin)));
    expect(new Set(refusals)).toEqual(new Set(["conflict: this PIN cannot be given; choose another one"]));
    expect(await setPin("ben", "4713")).toBe("set");
    expect(await house.keys(pinOnly, "4713#")).toBe("granted");
  });

  test("two who choose the same at once do not both get it", async () => {
    const said = await Promise.all([setPin("ada", "590317"), setPin("ben", "590317")]);
    expect(said.filter((each) => each === "set")).toHaveLength(1);
    await setPin("ada", "4711");
    await setPin("ben", "4713");
  });

  test.each(["1234", "0000", "111111", "9876", "7890", "1212", "123123", "2580"])(
    "%s is refused",
    async (pin) => {
      expect(await setPin("ben", pin)).toMatch(/^conflict: this PIN .*harder to guess/);
    },
  );
  test.each(["123", "123456789", "12a4", ""])("%j is no PIN", async (pin) => {
    expect(await setPin("ben", pin)).toMatch(/^invalid/);
  });

  test("a new PIN replaces the old one, and one that is taken away opens nothing", async () => {
    await setPin("ben", "83519");
    expect(await house.keys(pinOnly, "4713#")).toBe("denied");
    expect(await house.keys(pinOnly, "83519#")).toBe("granted");
    await house.done("person.pin", { person: "ben", pin: null });
    expect(await house.keys(pinOnly, "83519#")).toBe("denied");
    expect(await house.scan(cardAndPin, ben)).toBe("denied");
    const { person } = await house.done<{ person: { pin: boolean } }>("person.get", { person: "ben" });
    expect(person.pin).toBe(false);
    const again = await house.perform("credential.status", { credential: "pin-ben", status: "active" });
    expect(again.ok).toBe(false);
  });

  test("a blocked person's PIN opens nothing", async () => {
    await house.done("person.block", { person: "ada" });
    expect(await house.keys(pinOnly, "4711#")).toBe("denied");
    await house.done("person.block", { person: "ada", blocked: false });
    expect(await house.keys(pinOnly, "4711#")).toBe("granted");
  });

  test("a code for one time is taken from a QR reader or a keypad, once", async () => {
    await house.done("credential.add", { person: "ben", value: "code:90417263", maxUses: 1 });
    expect(await house.keys(pinOnly, "90417263#")).toBe("granted");
    expect(await house.scan(cardOnly, { code: "90417263" })).toBe("denied");
    expect(await lastEvents()).toContainEqual(expect.objectContaining({ reason: "card-used-up" }));
    const { person } = await house.done<{ person: { credentials: object[] } }>("person.get", {
      person: "ben",
    });
    expect(person.credentials).toContainEqual(
      expect.objectContaining({ kind: "code", maxUses: 1, usesLeft: 0 }),
    );
  });

  test("a number plate is known at a camera however it is read, and nowhere else", async () => {
    await house.done("credential.add", { person: "ben", value: "plate:KI-GW 42" });
    expect(await house.scan(camera, { code: "ki gw42" })).toBe("granted");
    expect(await house.scan(cardOnly, { code: "KIGW42" })).toBe("denied");
    expect(await house.scan(camera, { code: "KI GW 43" })).toBe("denied");
  });

  test("neither PINs nor what is kept of them are in answers, the journal, an export or an open file", async () => {
    const digest = await digestOf(house);
    expect(digest).toMatch(/^pin:.{43}$/);
    const told = JSON.stringify([
      await house.done("people.list", { search: "", limit: 100 }),
      await house.done("person.get", { person: "ada" }),
      await house.done("people.list", { search: digest }),
      await house.done("journal.read", { before: 1e9, limit: 200 }),
    ]);
    expect(told).not.toContain(digest);
    expect(told).not.toContain("pin:");
    expect(told).not.toMatch(/"4711"|4712/);
    const key = join(house.dataDir, "keys", "pins.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(key).size).toBe(32);
    const files = readdirSync(house.dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const each of files) {
      const bytes = readFileSync(join(each.parentPath, each.name));
      expect(bytes.includes("590317"), each.name).toBe(false);
      expect(bytes.includes("83519#"), each.name).toBe(false);
    }
  });
});

test("what happened at keypads, replayed, happens again", async () => {
  const house = await keypadHouse(own.folder(), modes);
  await house.done("people.import", {
    rows: [{ person: "ada", name: "Ada", groups: ["staff"], credentials: [{ value: `uid:${ada.uid}` }] }],
  });
  expect(await house.scan(cardAndPin, ada)).toBe("denied");
  await house.done("person.pin", { person: "ada", pin: "4711" });
  expect(await house.scan(cardAndPin, ada)).toBe("pin");
  expect(await house.keys(cardAndPin, "4711#")).toBe("granted");
  expect(await house.keys(pinOnly, "4711#")).toBe("granted");
  await house.done("person.pin", { person: "ada", pin: null });
  expect(await house.scan(cardAndPin, ada)).toBe("denied");
  await house.stop();
  const store = await openStore(house.dataDir);
  try {
    let granted = 0;
    for await (const { events, journalled } of replay(store)) {
      expect(events.map(({ type, reason }) => ({ type, reason }))).toEqual(
        journalled.map(({ type, reason }) => ({ type, reason })),
      );
      granted += events.filter(({ type }) => type === "access.granted").length;
    }
    expect(granted).toBe(2);
  } finally {
    await store.close();
  }
});

/** As the store has it: the test looks where nobody else may. */
async function digestOf(house: KeypadHouse): Promise<string> {
  const handle = await openHandle(join(house.dataDir, "gateway.db"), {
    readOnly: true,
    busyTimeoutMs: 1_000,
  });
  const row = await handle.first<{ value: string }>(
    "SELECT value FROM credential_versions WHERE id = 'pin-ada' AND newest = 1",
  );
  await handle.close();
  return row?.value ?? "";
}
