/**
 * A responder as one would write it beside a broker of another maker: mqtt.js, in a process of its own, granting every scan.
 * `--port PORT` of the broker. Prints a line of JSON when it listens; ends with its standard input.
 */
import { parseArgs } from "node:util";
import { connectAsync } from "mqtt";
import { answersTo } from "./packets.js";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const client = await connectAsync(`mqtt://127.0.0.1:${values.port}`, { clientId: "responder" });
(client.stream as unknown as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
client.on("message", (topic, payload) => {
  if (!topic.endsWith("/scan")) return;
  for (const { topic: to, payload: body, qos, retain } of answersTo(topic, payload.toString()))
    client.publish(to, body, { qos, retain });
});
await client.subscribeAsync(["gw/v1/device/+/up/scan", "gw/v1/device/+/up/ack"], { qos: 1 });
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.stdin.resume().once("end", () => process.exit(0));
