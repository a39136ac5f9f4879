/** The preset driver over the real embedded broker, and MQTT clients that play devices of other makers. */
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import type { Driver, Reading } from "../../drivers/driver.js";
import { type ForeignDevice, presetDriver } from "../../drivers/preset/preset.js";
import { readPresets } from "../../gateway/presets.js";
import { type BrokerRig, brokerRig, until } from "../broker/rig.js";

export interface PresetRig {
  readonly rig: BrokerRig;
  readonly driver: Driver;
  readonly devices: Map<string, ForeignDevice>;
  readonly readings: Reading[];
  of<T extends Reading["type"]>(type: T): Extract<Reading, { type: T }>[];
  /** A device of another maker with an account of its own. */
  add(id: string, device: ForeignDevice): void;
}

export async function presetRig(): Promise<PresetRig> {
  const devices = new Map<string, ForeignDevice>();
  const rig = await brokerRig({ foreignPrefix: (id) => devices.get(id)?.prefix });
  const driver = presetDriver({
    bus: rig.broker.foreign,
    device: (id) => devices.get(id),
    presets: readPresets(),
  });
  const readings: Reading[] = [];
  rig.atEnd(() => driver.stop());
  return {
    rig,
    driver,
    devices,
    readings,
    of: <T extends Reading["type"]>(type: T) =>
      readings.filter((reading): reading is Extract<Reading, { type: T }> => reading.type === type),
    add(id, device) {
      devices.set(id, device);
      rig.accounts.put({
        id,
        kind: "device",
        role: "device",
        discreet: false,
        disabled: false,
        foreign: true,
      });
      driver.serve([...devices.keys()]);
    },
  };
}

/** How a relay of another maker answers: it does it, says that it cannot, or says nothing. */
export type Willingness = "does" | "refuses" | "says-nothing";

/** One device of another maker on a real connection. It subscribes and announces itself as its maker has it. */
export abstract class ForeignClient {
  readonly id: string;
  readonly prefix: string;
  readonly heard: { readonly topic: string; readonly text: string }[] = [];
  willing: Willingness = "does";
  protected client: MqttClient | undefined;
  readonly #url: string;
  readonly #key: string;

  constructor(id: string, prefix: string, url: string, key = `${id}-key`) {
    this.id = id;
    this.prefix = prefix;
    this.#url = url;
    this.#key = key;
  }

  protected abstract will(): { topic: string; payload: string };
  protected abstract topics(): string[];
  protected abstract announce(): Promise<void>;
  protected abstract obey(topic: string, text: string): void;

  async appear(more: IClientOptions = {}): Promise<void> {
    const will = this.will();
    const client = await connectAsync(this.#url, {
      clientId: this.id,
      username: this.id,
      password: this.#key,
      reconnectPeriod: 0,
      will: {
        topic: `${this.prefix}/${will.topic}`,
        payload: Buffer.from(will.payload),
        qos: 0,
        retain: true,
      },
      ...more,
    });
    client.on("error", () => {});
    this.client = client;
    client.on("message", (topic, payload) => {
      this.heard.push({ topic, text: payload.toString() });
      if (this.willing !== "says-nothing") this.obey(topic.slice(this.prefix.length + 1), payload.toString());
    });
    await client.subscribeAsync(this.topics().map((topic) => `${this.prefix}/${topic}`));
    await this.announce();
  }

  /** The line is cut: no farewell, so that the will is told. */
  async vanish(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (!client) return;
    client.stream.destroy();
    await client.endAsync(true);
  }

  async say(topic: string, payload: unknown, retain = false): Promise<void> {
    const text = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    // What was on its way when the line was cut is lost, as it would be.
    await this.client?.publishAsync(`${this.prefix}/${topic}`, text, { qos: 1, retain }).catch(() => {});
  }
}

export class ShellyClient extends ForeignClient {
  readonly done: { readonly switch: number; readonly toggleAfter: number }[] = [];
  input = false;

  protected override will() {
    return { topic: "online", payload: "false" };
  }
  protected override topics() {
    return ["rpc", "command"];
  }
  protected override async announce(): Promise<void> {
    await this.say("online", "true", true);
    await this.notify("NotifyFullStatus", {
      "input:0": { id: 0, state: this.input },
      "switch:0": { id: 0, output: false },
      wifi: { rssi: -58 },
    });
  }

  notify(method: string, params: object): Promise<void> {
    return this.say("events/rpc", {
      src: this.prefix,
      dst: `${this.prefix}/events`,
      method,
      params: { ts: 1, ...params },
    });
  }

  async setInput(state: boolean): Promise<void> {
    this.input = state;
    if (this.client) await this.notify("NotifyStatus", { "input:0": { id: 0, state } });
  }

  protected override obey(topic: string, text: string): void {
    if (topic !== "rpc") return;
    const { id, src, params } = JSON.parse(text) as {
      id: number;
      src: string;
      params: { id: number; on: boolean; toggle_after: number };
    };
    const answer = { id, src: this.prefix, dst: src };
    const body =
      this.willing === "refuses"
        ? { ...answer, error: { code: -103, message: "Invalid argument" } }
        : { ...answer, result: { was_on: false } };
    if (this.willing === "does") this.done.push({ switch: params.id, toggleAfter: params.toggle_after });
    this.client?.publish(`${src}/rpc`, JSON.stringify(body));
    if (this.willing !== "does") return;
    void this.notify("NotifyStatus", {
      [`switch:${params.id}`]: { id: params.id, output: true, source: "MQTT" },
    });
  }
}

export class TasmotaClient extends ForeignClient {
  readonly done: string[] = [];

  protected override will() {
    return { topic: "tele/LWT", payload: "Offline" };
  }
  protected override topics() {
    return ["cmnd/#"];
  }
  protected override async announce(): Promise<void> {
    await this.say("tele/LWT", "Online", true);
    await this.say("tele/INFO1", { Info1: { Module: "Sonoff Basic", Version: "14.2.0(tasmota)" } });
    await this.say("tele/STATE", { POWER: "OFF", Wifi: { Signal: -61 } });
  }

  badge(uid: string, retain = false): Promise<void> {
    return this.say("tele/SENSOR", { Time: "2026-11-24T08:00:00", RDM6300: { UID: uid } }, retain);
  }

  protected override obey(topic: string, text: string): void {
    if (topic !== "cmnd/Backlog0") return;
    this.done.push(text);
    void this.say("stat/RESULT", { POWER: "ON" });
    void this.say("stat/POWER", "ON");
  }
}

export class EspHomeClient extends ForeignClient {
  readonly done: number[] = [];
  contact = false;

  protected override will() {
    return { topic: "status", payload: "offline" };
  }
  protected override topics() {
    return ["lock/1/pulse", "switch/buzzer/command"];
  }
  protected override async announce(): Promise<void> {
    await this.say("status", "online", true);
    await this.setContact(this.contact);
    await this.say("lock/1/state", "LOCKED", true);
  }

  async setContact(open: boolean): Promise<void> {
    this.contact = open;
    // ESPHome asks the broker to keep the states of its sensors.
    if (this.client) await this.say("binary_sensor/door_contact/state", open ? "ON" : "OFF", true);
  }

  protected override obey(topic: string, text: string): void {
    if (topic !== "lock/1/pulse") return;
    const { request, ms } = JSON.parse(text) as { request: number; ms: number };
    if (this.willing === "does") this.done.push(ms);
    void this.say("lock/1/done", this.willing === "does" ? { request } : { request, error: "no supply" });
  }
}

export { until };
