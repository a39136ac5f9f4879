import { afterEach, describe, test } from "vitest";
import { type FaultBuilding, faultBuilding } from "./building.js";
import { expectNothingLost, killAgainAndAgain, scansPerSecond } from "./rounds.js";

const rounds = process.env.LONG ? 50 : 10;

let building: FaultBuilding | undefined;
afterEach(() => building?.remove());

describe("a gateway that is killed", () => {
  test(`keeps every decision that somebody holds, over ${rounds} kills under ${scansPerSecond} scans/s`, {
    timeout: rounds * 20_000,
  }, async () => {
    building = await faultBuilding(16);
    await killAgainAndAgain(building, rounds, { prepare: () => ({}), aftermath: () => {} });
    await expectNothingLost(building, rounds * 10);
  });
});
