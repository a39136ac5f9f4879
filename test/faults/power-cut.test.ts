import { afterEach, describe, test } from "vitest";
import { type FaultBuilding, faultBuilding } from "./building.js";
import { expectNothingLost, killAgainAndAgain } from "./rounds.js";
import { buildShims, cutPower, faultEnvironment, takeImage } from "./shims/shims.js";

const rounds = process.env.LONG ? 50 : 5;
const shims = buildShims();

let building: FaultBuilding | undefined;
afterEach(() => building?.remove());

describe.skipIf(!shims.ok)(
  `a gateway whose power is cut${shims.ok ? "" : ` (skipped: ${shims.why})`}`,
  () => {
    test(`keeps every decision that somebody holds, over ${rounds} cuts that drop what was not synced`, {
      timeout: rounds * 30_000,
    }, async () => {
      if (!shims.ok) return;
      const { file } = shims;
      building = await faultBuilding(16);
      const { dataDir } = building;
      const image = `${dataDir}.image`;
      let tearPercent = 0;
      await killAgainAndAgain(building, rounds, {
        prepare: () => {
          takeImage(dataDir, image);
          // Every other round the disk has taken a part of what was never synced, as disks do.
          tearPercent = tearPercent === 0 ? 30 : 0;
          return faultEnvironment(file, { dir: dataDir, image, tearPercent });
        },
        aftermath: () => cutPower(dataDir, image),
      });
      await expectNothingLost(building, rounds * 10);
    });
  },
);
