/** The panel of the little house (alarm-house.yaml): every contact, sensor and button is one of its inputs. */
import mqtt from "mqtt";
import type { Running } from "./gateway.js";

const up = "gw/v1/device/panel/up";
export const inputs = {
  frontDoor: 1,
  hallMotion: 2,
  window: 3,
  storeMotion: 4,
  water: 5,
  tillButton: 6,
  helpButton: 7,
} as const;

export class Panel {
  readonly #client: mqtt.MqttClient;
  readonly #boot = Math.random().toString(36).slice(2, 10);
  #changes = 0;

  private constructor(client: mqtt.MqttClient) {
    this.#client = client;
  }

  /** Connects with every input at rest. */
  static async connect({ mqttPort, deviceKey }: Running): Promise<Panel> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
      clientId: "panel",
      username: "panel",
      password: deviceKey,
      protocolVersion: 4,
      will: { topic: `${up}/state`, payload: Buffer.from('{"state":"lost"}'), qos: 1, retain: true },
    });
    // Every order is done, or the gateway cuts the line.
    client.on("message", (topic, payload) => {
      const { id } = JSON.parse(payload.toString()) as { id?: string };
      if (topic.endsWith("/cmd") && id !== undefined)
        client.publish(`${up}/ack`, JSON.stringify({ re: id, ok: true }), { qos: 1 });
    });
    await client.subscribeAsync("gw/v1/device/panel/down/#", { qos: 1 });
    const own = new Panel(client);
    const points = { reader: [1], lock: [1], input: Object.values(inputs), output: [1] };
    await own.#tell("hello", { proto: 1, model: "test", fw: "1.0.0", points });
    await own.#tell("state", { state: "ready" });
    for (const name of Object.keys(inputs)) await own.set(name as keyof typeof inputs, false);
    return own;
  }

  async set(
    input: keyof typeof inputs,
    active: boolean,
    fault: "open" | "short" | null = null,
  ): Promise<void> {
    this.#changes += 1;
    await this.#tell(`input/${inputs[input]}`, { active, fault, changes: this.#changes });
  }

  /** Active and at rest again. */
  async trip(input: keyof typeof inputs): Promise<void> {
    await this.set(input, true);
    await this.set(input, false);
  }

  async #tell(what: string, said: object): Promise<void> {
    const payload = JSON.stringify({ boot: this.#boot, up_ms: 1 + this.#changes, ...said });
    await this.#client.publishAsync(`${up}/${what}`, payload, { qos: 1, retain: true });
  }

  gone(): Promise<void> {
    return this.#client.endAsync(true);
  }
}
