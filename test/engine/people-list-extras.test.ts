import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { type House, openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { belongings, patience } from "../cli/running-gateway.js";
import { faultSite } from "../faults/building.js";

vi.setConfig(patience);
const own = belongings();
let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
afterAll(() => own.gone());

const header =
  "person,name,groups,credential,status,company,host,sponsor,traits,trainings,inducted_until,max_uses,responder";

async function done<T = Record<string, unknown>>(name: string, params: object): Promise<T> {
  const performed = await house?.operations.perform(localAdministrator(), name, params);
  if (!performed?.ok) throw new Error(`${name}: ${JSON.stringify(performed?.refusal)}`);
  return performed.result as T;
}

interface View {
  readonly state: string;
  readonly summary: object | null;
  readonly faults: readonly { readonly line: number; readonly column: string; readonly message: string }[];
}

async function checked(text: string): Promise<View & { readonly import: string }> {
  const { import: id } = await done<{ import: string }>("people.import.begin", {});
  const data = Buffer.from(text).toString("base64");
  await done("people.import.content", { import: id, offset: 0, data });
  await done("people.import.check", { import: id });
  return until(id, "checking");
}

async function until(id: string, while_: string): Promise<View & { readonly import: string }> {
  for (;;) {
    const view = await done<View & { import: string }>("people.import.get", { import: id });
    if (view.state !== while_) return view;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function imported(text: string): Promise<View> {
  const view = await checked(text);
  expect(view.faults).toEqual([]);
  await done("people.import.apply", { import: view.import });
  const end = await until(view.import, "applying");
  expect(end.state).toBe("done");
  return { ...end, summary: view.summary };
}

const personNow = async (person: string) =>
  (await done<{ person: Record<string, unknown> }>("person.get", { person })).person;

async function aHouse(): Promise<void> {
  house = await openHouse({ dataDir: join(own.folder(), "data") });
  await done("site.import", { document: faultSite(1) });
}

test("a list says who works for whom, what they have learned and how often a card may be used; a list without these columns leaves them", async () => {
  await aHouse();
  const list = [
    header,
    "bo,Bo,staff,uid:04a1b2c3,,,,,,,,,",
    "kim,Kim,staff,uid:04a1b2c4,,Kran AG,bo,bo,contractor;needs-escort,laser:2027-01-31; forklift:2026-12-24,2026-12-31,5,",
    "kim,,,uid:04a1b2c5,lost,,,,,,,,yes",
  ].join("\n");
  expect((await imported(list)).summary).toMatchObject({ added: 2, credentials: 3 });
  const kim = {
    company: "Kran AG",
    host: "bo",
    sponsor: "bo",
    traits: ["contractor", "needs-escort"],
    trainings: { forklift: "2026-12-24T23:00:00.000Z", laser: "2027-01-31T23:00:00.000Z" },
    inductedUntil: "2026-12-31T23:00:00.000Z",
  };
  expect(await personNow("kim")).toMatchObject(kim);
  const { credentials } = (await personNow("kim")) as { credentials: { value: string }[] };
  expect(credentials).toContainEqual(
    expect.objectContaining({ value: "uid:04a1b2c4", maxUses: 5, usesLeft: 5 }),
  );
  expect(credentials).toContainEqual(expect.objectContaining({ value: "uid:04a1b2c5", responder: true }));
  expect((await imported(list)).summary).toMatchObject({ unchanged: 2, changed: 0 });

  await done("person.let-in", { person: "kim", door: "door-1", until: "2099-01-01T00:00:00Z" });
  const plain = "person,name,groups,credential\nkim,Kim Li,staff,uid:04a1b2c4";
  expect((await imported(plain)).summary).toMatchObject({ changed: 1 });
  expect(await personNow("kim")).toMatchObject({ ...kim, name: "Kim Li", temporary: [{ door: "door-1" }] });
});

test("an empty cell takes away; a training that is left out is gone; what is not in the list stays", async () => {
  await aHouse();
  await imported(
    `${header}\nbo,Bo,,,,,,,,,,,\nkim,Kim,staff,uid:04a1b2c4,,Kran AG,bo,,contractor,laser:2027-01-31; forklift:2026-12-24,2026-12-31,5,yes`,
  );
  await done("person.let-in", { person: "kim", door: "door-1", until: "2099-01-01T00:00:00Z" });
  const view = await imported(
    "person,name,groups,credential,company,trainings,max_uses\nkim,Kim,staff,uid:04a1b2c4,,laser:2027-01-31,",
  );
  expect(view.summary).toMatchObject({ changed: 1 });
  const kim = await personNow("kim");
  expect(kim).toMatchObject({
    company: null,
    host: "bo",
    trainings: { laser: "2027-01-31T23:00:00.000Z" },
    temporary: [{ door: "door-1" }],
    inductedUntil: "2026-12-31T23:00:00.000Z",
  });
  const [card] = (kim as { credentials: object[] }).credentials;
  expect(card).toMatchObject({ responder: true });
  expect(card).not.toHaveProperty("maxUses");
});

test("faults are told with line and column", async () => {
  await aHouse();
  const { faults } = await checked(
    [
      header,
      "a,A,,,,,,,vip,,,,",
      "b,B,,,,,,,,laser,,,",
      "c,C,,uid:04a1b2c3,,,,,,,soon,0,perhaps",
      "d,D,,,,,,,,,,3,",
      "e,E,,uid:04a1b2c4,,Kran,,,,,,,",
      "e,E,,uid:04a1b2c5,,Kahn,,,,,,,",
      "f,F,,,,,ghost,nobody,,,,,",
    ].join("\n"),
  );
  expect(faults.map(({ line, column }) => `${line} ${column}`)).toEqual([
    "2 traits",
    "3 trainings",
    "4 inducted_until",
    "4 max_uses",
    "4 responder",
    "5 max_uses",
    "7 company",
    "8 host",
    "8 sponsor",
  ]);
});

test("rows by the API: what is not said stays, null takes away", async () => {
  await aHouse();
  const row = { person: "kim", name: "Kim", groups: ["staff"] };
  await done("people.import", { rows: [{ person: "bo", name: "Bo" }] });
  await done("people.import", {
    rows: [
      { ...row, company: "Kran AG", host: "bo", traits: ["escort"], trainings: { laser: "2027-01-31" } },
    ],
  });
  expect(await done("people.import", { rows: [row], dryRun: true })).toMatchObject({ unchanged: 1 });
  expect(await done("people.import", { rows: [{ ...row, company: null }] })).toMatchObject({ changed: 1 });
  expect(await personNow("kim")).toMatchObject({ company: null, host: "bo", traits: ["escort"] });
});
