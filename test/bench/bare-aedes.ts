/**
 * The lower bound: aedes as it comes, in a process of its own, and a responder in the same process that grants every scan. No
 * rules, no log, no accounts, no access list, nothing on disk. Prints its port as JSON; ends with its standard input.
 *
 * `--stall-after MS --stall-for MS`: from the first scan on, once, it does nothing at all for so long (for the bench's own test).
 */
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { Aedes } from "aedes";
import { answersTo } from "./packets.js";

const { values } = parseArgs({
  options: { "stall-after": { type: "string" }, "stall-for": { type: "string", default: "0" } },
});

const aedes = await Aedes.createBroker();
const server = createServer({ noDelay: true }, (socket) => void aedes.handle(socket));

let stalls = values["stall-after"] !== undefined;
aedes.subscribe(
  "gw/v1/device/+/up/scan",
  ({ topic, payload }, done) => {
    if (stalls) {
      stalls = false;
      setTimeout(() => stall(Number(values["stall-for"])), Number(values["stall-after"]));
    }
    for (const packet of answersTo(topic, payload.toString())) {
      // Within aedes a message of QoS 0 overtakes one of QoS 1, and whoever has seen the later number is never sent the earlier
      // one: so all go with QoS 1, which costs it one acknowledgement a scan more than the gateway.
      const message = { ...packet, qos: 1, payload: Buffer.from(packet.payload) } as const;
      aedes.publish({ cmd: "publish", dup: false, ...message }, ignored);
    }
    // Not at once: its emitter would call itself for each message that waits.
    process.nextTick(done);
  },
  () => {},
);
// A responder hears whether its orders were carried out.
aedes.subscribe(
  "gw/v1/device/+/up/ack",
  (_packet, done) => process.nextTick(done),
  () => {},
);

server.listen(0, "127.0.0.1", () => {
  const at = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof at === "object" ? at?.port : at })}\n`);
});
process.stdin.resume().once("end", () => process.exit(0));

function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function ignored(): void {}
