/** What a reader shows and sounds: its answer to a card, a warning, and what it looks like when nothing happens. */
import type { Answer, Order } from "../driver.js";
import { buzzer, type Command, led, silence } from "./orders.js";

/** Lamps and sounders are told apart by reader, counted from 0; one lamp is what all readers have. */
const lamp = 0;

export function restingLights(reader: number): Command[] {
  return [led(reader, lamp, { permanent: { colour: "red" } })];
}

const answers: Readonly<Record<Answer["outcome"], (reader: number) => Command[]>> = {
  granted: (reader) => [
    led(reader, lamp, { temporary: { colour: "green", ms: 3_000 } }),
    buzzer(reader, 100, 0, 1),
  ],
  denied: (reader) => [
    led(reader, lamp, { temporary: { colour: "red", blinkMs: 200, ms: 2_000 } }),
    buzzer(reader, 100, 100, 3),
  ],
  pin: (reader) => [led(reader, lamp, { temporary: { colour: "amber", blinkMs: 300, ms: 10_000 } })],
  wait: (reader) => [led(reader, lamp, { temporary: { colour: "amber", ms: 10_000 } })],
};

export function answerLights({ point, outcome }: Answer): Command[] {
  return answers[outcome](point.n - 1);
}

const beepMs = 200;

export function signalLights({ point, pattern, ms }: Extract<Order, { op: "signal" }>): Command[] {
  const reader = point.n - 1;
  if (pattern === "quiet") return [silence(reader), led(reader, lamp, { cancel: true })];
  // Counted, not endless: it ends by itself when the gateway is gone.
  return [
    buzzer(reader, beepMs, beepMs, Math.ceil(ms / (2 * beepMs))),
    led(reader, lamp, { temporary: { colour: "amber", blinkMs: beepMs, ms } }),
  ];
}
