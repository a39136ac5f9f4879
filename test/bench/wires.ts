/**
 * From a card's frame on the line to the lock's pin: an OSDP reader on a pseudo-terminal, the whole gateway with its log on disk, and a
 * lock on a simulated /sys/class/gpio under the real onoff. Beside it, what the line itself takes at its speed.
 *
 *   tsx test/bench/wires.ts [cards]
 *
 * Prints one line of JSON. The machine should be idle.
 */
import { loadavg } from "node:os";
import { setTimeout as later } from "node:timers/promises";
import { charactersMs, lineLimit } from "../../drivers/osdp/line-speed.js";
import { whyNoPins } from "../drivers/gpio/machine.js";
import { peer } from "../peers/peers.js";
import { Cabinet, knownCard, pins } from "../wires/cabinet.js";
import { spread } from "./percentiles.js";

const cards = Number(process.argv[2] ?? "200");
/** Longer than the lock is open, so that each card turns it. */
const betweenMs = 1_200;
/** A card of 26 bits in a session, with its mark. */
const cardCharacters = 31;

const socat = peer("socat");
const why = "missing" in socat ? socat.missing : whyNoPins();
if (why !== undefined || "missing" in socat) {
  process.stdout.write(`${JSON.stringify({ skipped: why })}\n`);
} else {
  const cabinet = new Cabinet(socat.path);
  try {
    await cabinet.start();
    const loadBefore = loadavg()[0];
    const took: number[] = [];
    for (let i = 0; i < cards; i++) {
      const opened = cabinet.machine.driven(pins.lock).filter(({ level }) => level === 1).length;
      await cabinet.cable.wish({ do: "card", address: 1, bits: knownCard });
      const on = await cabinet.machine.until(
        () => cabinet.machine.driven(pins.lock).filter(({ level }) => level === 1)[opened],
      );
      took.push(on.clock - (cabinet.cable.cardsAt.at(-1) ?? Number.NaN));
      await later(betweenMs);
    }
    const { buses } = await cabinet.perform<{ buses: { rate: { measured: number } }[] }>("bus.list", {});
    process.stdout.write(
      `${JSON.stringify({
        cards,
        frameToPinMs: spread(took),
        cardOnTheLineMs: Object.fromEntries(
          [9_600, 38_400, 115_200].map((speed) => [
            speed,
            Math.round(charactersMs(cardCharacters, speed) * 10) / 10,
          ]),
        ),
        pollsPerSecond: {
          measured: Math.round(buses[0]?.rate.measured ?? 0),
          limit: Math.round(lineLimit(115_200)),
        },
        loadBefore,
        node: process.version,
      })}\n`,
    );
  } finally {
    await cabinet.close();
  }
}
process.exit(0);
