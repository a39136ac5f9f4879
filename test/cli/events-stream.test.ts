import fc from "fast-check";
import { expect, test } from "vitest";
import { streamReader } from "../../gateway/cli/events-stream.js";

const stream =
  'id: 7\nevent: event\ndata: {"a":1}\n\n: still here\n\nevent: door\r\ndata: x\r\ndata: y\r\n\r\n';
const messages = [
  { event: "event", data: '{"a":1}', id: "7" },
  { event: "door", data: "x\ny", id: "7" },
];

test("a stream is read the same however it is cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      const read = streamReader();
      const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const found = edges.slice(1).flatMap((end, index) => read(stream.slice(edges[index], end)));
      expect(found).toEqual(messages);
    }),
    { numRuns: 200 },
  );
});

test("an unfinished message is not told", () => {
  const read = streamReader();
  expect(read("data: half\n")).toEqual([]);
  expect(read("\n")).toEqual([{ event: "message", data: "half", id: undefined }]);
});

test("a line without end is given up instead of filling the memory", () => {
  const read = streamReader();
  expect(() => read("x".repeat(5 * 1024 * 1024))).toThrow("4 MiB");
});
