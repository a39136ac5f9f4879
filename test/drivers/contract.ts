/** What every driver must hold, whatever its wire; `driverContract` runs it over a rig of the driver's own. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DevicePoint, Driver, Order, Reading } from "../../drivers/driver.js";

/** How the far end of the wire answers orders: it does them, says that it cannot, or says nothing. */
type Willingness = "does" | "refuses" | "says-nothing";

/** A driver, its wire, and a real device at the far end of it with reader 1, lock 1 and input 1. */
export interface DriverRig {
  readonly driver: Driver;
  /** The device's id, as the site knows it. */
  readonly device: string;
  /** Another device of the same wire, there as well, but not served unless a test serves it. */
  readonly stranger: string;
  /** The hands at the device. Each resolves when the device has said it. */
  readonly hands: {
    /** Holds a card of these bits to reader 1 of a device. */
    scan(bits: string, device?: string): Promise<void>;
    setInput(active: boolean, device?: string): Promise<void>;
    /** Something on the wire that no device should say; as many kinds as the wire allows. */
    garble(): Promise<void>;
    /** Power cut, cut cable. */
    vanish(): Promise<void>;
    appear(): Promise<void>;
    /** How it answers from now on. */
    willing(how: Willingness): void;
  };
  /** What the device has carried out so far, in order: `pulse`, `hold`, `lock`, `release`, `output`. */
  carriedOut(): readonly string[];
  /** Which of these the wire and its devices can tell apart from `done`; an old wire may confirm nothing. */
  readonly confirms: boolean;
  /** Which orders the wire knows. */
  readonly ops: readonly Order["op"][];
  /** false: a wire without readers, whose `scan` is never called. */
  readonly reads?: false;
  close(): Promise<void>;
}

export function driverContract(name: string, makeRig: () => Promise<DriverRig>): void {
  describe(`${name}, as every driver:`, () => {
    let rig: DriverRig;
    let readings: Reading[];
    let lock: DevicePoint;

    const of = <T extends Reading["type"]>(type: T): Extract<Reading, { type: T }>[] =>
      readings.filter((reading): reading is Extract<Reading, { type: T }> => reading.type === type);
    const until = async (what: () => unknown): Promise<void> => {
      await expect.poll(what, { timeout: 4_000, interval: 5 }).toBeTruthy();
    };
    const start = async (): Promise<void> => {
      rig.driver.serve([rig.device]);
      await rig.driver.start((reading) => readings.push(reading));
      await rig.hands.appear();
      await until(() => of("presence").at(-1)?.online === true);
    };

    beforeEach(async () => {
      readings = [];
      rig = await makeRig();
      lock = { device: rig.device, kind: "lock", n: 1 };
    });

    afterEach(async () => {
      await rig.driver.stop();
      await rig.close();
    });

    test("a card arrives once, from the reader it was held to, bit for bit", async (context) => {
      if (rig.reads === false) context.skip("this wire has no readers");
      await start();
      await rig.hands.scan("01000111001000111111000111");
      await until(() => of("scan").length > 0);
      const [scan] = of("scan");
      expect(of("scan")).toHaveLength(1);
      expect(scan?.point).toEqual({ device: rig.device, kind: "reader", n: 1 });
      expect(scan?.credential).toEqual({ kind: "bits", bits: "01000111001000111111000111" });
      expect(scan?.retained).toBe(false);
      expect(scan?.ageMs ?? 0).toBeLessThan(1_000);
      expect(scan?.scan).not.toBe("");
    });

    test("two cards are two scans, with ids of their own", async (context) => {
      if (rig.reads === false) context.skip("this wire has no readers");
      await start();
      await rig.hands.scan("0100011100100011");
      await rig.hands.scan("0100011100100011");
      await until(() => of("scan").length === 2);
      expect(new Set(of("scan").map(({ scan }) => scan)).size).toBe(2);
    });

    test("an input told at start is a level, a change afterwards is an edge", async () => {
      await start();
      await until(() => of("input").length > 0);
      expect(of("input").every(({ edge }) => !edge)).toBe(true);
      await rig.hands.setInput(true);
      await until(() => of("input").some(({ edge }) => edge));
      expect(of("input").at(-1)).toMatchObject({
        point: { device: rig.device, kind: "input", n: 1 },
        active: true,
        fault: null,
        edge: true,
        missed: 0,
      });
    });

    test("what changed while the device was away comes back as a level", async () => {
      await start();
      await rig.hands.vanish();
      await until(() => of("presence").at(-1)?.online === false);
      readings.length = 0;
      await rig.hands.setInput(true);
      await rig.hands.appear();
      await until(() => of("input").some(({ active }) => active));
      expect(of("input").some(({ edge }) => edge)).toBe(false);
    });

    test("an order is carried out once, and is done when the device says so", async () => {
      await start();
      const orders: Order[] = [
        { op: "pulse", id: "o-1", point: lock, ms: 3_000 },
        { op: "hold", id: "o-2", point: lock },
        { op: "lock", id: "o-3", point: lock, ends: "o-2" },
        { op: "release", id: "o-4", point: lock },
        { op: "lock", id: "o-5", point: lock, ends: "o-4" },
        { op: "output", id: "o-6", point: { ...lock, kind: "output" }, on: true, ms: 1_000 },
      ];
      const known = orders.filter(({ op }) => rig.ops.includes(op));
      for (const order of known) expect(await rig.driver.send(order), order.op).toEqual({ is: "done" });
      expect(rig.carriedOut()).toEqual(known.map(({ op }) => op));
    });

    test("the same order sent twice in one moment is carried out once", async () => {
      await start();
      const order: Order = { op: "pulse", id: "o-1", point: lock, ms: 3_000 };
      const outcomes = await Promise.all([rig.driver.send(order), rig.driver.send(order)]);
      expect(outcomes).toEqual([{ is: "done" }, { is: "done" }]);
      expect(rig.carriedOut()).toEqual(["pulse"]);
    });

    test("an order that the device refuses, or does not confirm, is not done; it is settled within 3 s", async (context) => {
      if (!rig.confirms) context.skip("this wire confirms nothing");
      await start();
      rig.hands.willing("refuses");
      const refused = await rig.driver.send({ op: "pulse", id: "o-1", point: lock, ms: 3_000 });
      expect(refused.is).toBe("refused");
      rig.hands.willing("says-nothing");
      const from = performance.now();
      const unanswered = await rig.driver.send({ op: "pulse", id: "o-2", point: lock, ms: 3_000 });
      expect(unanswered.is).toBe("no-answer");
      expect(performance.now() - from).toBeLessThan(3_000);
    });

    test("an order to a device that is not there is settled within 3 s, and is not done later", async () => {
      await start();
      await rig.hands.vanish();
      await until(() => of("presence").at(-1)?.online === false);
      const from = performance.now();
      const outcome = await rig.driver.send({ op: "pulse", id: "o-1", point: lock, ms: 3_000 });
      expect(["unreachable", "no-answer"]).toContain(outcome.is);
      expect(performance.now() - from).toBeLessThan(3_000);
      await rig.hands.appear();
      await until(() => of("presence").at(-1)?.online === true);
      expect(rig.carriedOut()).toEqual([]);
    });

    test("a device that disappears is reported, once, and so is its return", async () => {
      await start();
      await rig.hands.vanish();
      await until(() => of("presence").at(-1)?.online === false);
      await rig.hands.appear();
      await until(() => of("presence").at(-1)?.online === true);
      expect(of("presence").map(({ online }) => online)).toEqual([true, false, true]);
    });

    test("nonsense on the wire throws nothing, is reported as such, and good readings go on", async () => {
      await start();
      await rig.hands.garble();
      await until(() => of("nonsense").length > 0);
      for (const { device, error, where } of of("nonsense")) {
        expect(device).toBe(rig.device);
        expect(error).not.toBe("");
        expect(where).not.toBe("");
      }
      expect(of("scan")).toEqual([]);
      if (rig.reads === false) {
        await rig.hands.setInput(true);
        await until(() => of("input").at(-1)?.active);
        return;
      }
      await rig.hands.scan("0100011100100011");
      await until(() => of("scan").length === 1);
    });

    test("nothing is heard after `stop`, and what was on its way is settled", async () => {
      await start();
      rig.hands.willing("says-nothing");
      const onItsWay = rig.driver.send({ op: "pulse", id: "o-1", point: lock, ms: 3_000 });
      await rig.driver.stop();
      if (rig.confirms) expect((await onItsWay).is).not.toBe("done");
      else await onItsWay;
      readings.length = 0;
      if (rig.reads === false) await rig.hands.setInput(true);
      else await rig.hands.scan("0100011100100011").catch(() => {});
      await rig.hands.vanish();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(readings).toEqual([]);
      const late = await rig.driver.send({ op: "pulse", id: "o-2", point: lock, ms: 3_000 });
      expect(late.is).toBe("unreachable");
    });

    test("a device that is not served is neither heard nor obeyed; once it is served, it is", async () => {
      await start();
      if (rig.reads === false) await rig.hands.setInput(true, rig.stranger);
      else await rig.hands.scan("0100011100100011", rig.stranger);
      const point: DevicePoint = { device: rig.stranger, kind: "lock", n: 1 };
      expect((await rig.driver.send({ op: "pulse", id: "o-1", point, ms: 3_000 })).is).toBe("unreachable");
      expect(of("scan")).toEqual([]);
      readings.length = 0;
      rig.driver.serve([rig.stranger]);
      await until(() => of("presence").some(({ device, online }) => device === rig.stranger && online));
      if (rig.reads === false) {
        readings.length = 0;
        await rig.hands.setInput(false, rig.stranger);
        await rig.hands.setInput(true);
        await until(() => of("input").some(({ active }) => !active));
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(of("input").every(({ point: at }) => at.device === rig.stranger)).toBe(true);
      } else {
        await rig.hands.scan("0100011100100011", rig.stranger);
        await rig.hands.scan("0100011100100011");
        await until(() => of("scan").length === 1);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(of("scan").map((scan) => scan.point.device)).toEqual([rig.stranger]);
      }
      expect((await rig.driver.send({ op: "pulse", id: "o-2", point: lock, ms: 3_000 })).is).toBe(
        "unreachable",
      );
    });
  });
}
