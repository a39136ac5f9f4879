/** Noise and forgery on the line, in numbers. `LONG=1` runs them at full length. */
import { expect, test } from "vitest";
import { FrameParser } from "../../../drivers/osdp/frame.js";
import { parseReply } from "../../../drivers/osdp/replies.js";
import { CountedLine } from "./counted-line.js";
import { randomOf, spoilt } from "./reader-process.js";
import { fixture, type RecordedExchange } from "./vectors.js";

const long = process.env.LONG === "1";
const key = "9F3C71D08E5A24B66B0D4C17E8F29A53";
const card26 = "10111101100010001110101110";

const noisyFrames = long ? 1_000_000 : 10_000;
test(`with 1 % of all bytes flipped, lost or added in ${noisyFrames} frames no card is made up, and the line recovers within 1 s`, () => {
  const random = randomOf(2026);
  const line = new CountedLine({ key }, key).run(200);
  let frames = 0;
  let told = 0;
  let longestAwayMs = 0;
  line.spoil = (answer) => {
    frames++;
    return spoilt(answer, 0.01, random);
  };
  let awaySince: number | undefined;
  while (frames < noisyFrames) {
    line.reader.card(card26);
    told++;
    line.run(100);
    for (const { reply } of line.of("reply")) if (reply.is === "card") expect(reply.bits).toBe(card26);
    if (!line.link.online) awaySince ??= line.now;
    if (awaySince !== undefined) longestAwayMs = Math.max(longestAwayMs, line.now - awaySince);
    if (line.link.online) awaySince = undefined;
    line.facts.length = 0;
  }
  expect(told).toBeGreaterThan(100);
  // Nobody waits for long; the loop looks every 100 ms.
  expect(longestAwayMs).toBeLessThanOrEqual(1_100);
});

const mutations = long ? 10_000_000 : 100_000;
test(`${mutations} mutated frames make no throw, no hang and no growth`, () => {
  const random = randomOf(53);
  const recorded = ["osdp-plain-exchanges", "osdp-secure-session"].flatMap((name) =>
    fixture<{ exchanges: readonly RecordedExchange[] }>(name).exchanges.flatMap(({ replyHex }) =>
      replyHex ? [Buffer.from(replyHex, "hex")] : [],
    ),
  );
  const parser = new FrameParser();
  const pick = (below: number) => Math.floor(random() * below);
  const started = performance.now();
  let heapAfterWarmUp = 0;
  let frames = 0;
  for (let i = 0; i < mutations; i++) {
    const frame = Buffer.from(recorded[pick(recorded.length)] as Buffer);
    for (let n = pick(4); n >= 0; n--) frame[pick(frame.length)] = pick(256);
    const cut = random() < 0.1 ? frame.subarray(0, pick(frame.length)) : frame;
    for (const parsed of parser.push(cut)) {
      frames++;
      if (parsed.is === "frame") parseReply(parsed.frame.code, parsed.frame.payload);
    }
    if (i % 50 === 0) for (const parsed of parser.drop()) if (parsed.is === "frame") frames++;
    // What a forger would send: any payload under any code.
    parseReply(pick(256), frame.subarray(pick(frame.length)));
    if (i === mutations / 10) heapAfterWarmUp = process.memoryUsage().heapUsed;
  }
  expect(frames).toBeGreaterThan(mutations / 100);
  expect(parser.pending).toBeLessThanOrEqual(1_440);
  expect(process.memoryUsage().heapUsed - heapAfterWarmUp).toBeLessThan(64e6);
  expect((performance.now() - started) / mutations).toBeLessThan(1);
});
