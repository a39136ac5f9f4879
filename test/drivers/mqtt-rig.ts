import { randomUUID } from "node:crypto";
import type { DeviceBus } from "../../drivers/driver.js";
import { nativeMqtt } from "../../drivers/mqtt/native.js";
import { brokerRig } from "../broker/rig.js";
import type { DriverRig } from "./contract.js";
import { MqttDevice } from "./mqtt-device.js";

export interface NativeRig extends DriverRig {
  readonly bus: DeviceBus;
  readonly own: MqttDevice;
  readonly other: MqttDevice;
}

/** The native driver over the real embedded broker, and two devices of the contract. */
export async function nativeRig(): Promise<NativeRig> {
  const { broker, accounts, port } = await brokerRig();
  const url = `mqtt://127.0.0.1:${port}`;
  const own = new MqttDevice("front-io", url);
  const other = new MqttDevice("back-io", url);
  for (const { id } of [own, other]) accounts.device(id);
  const driver = nativeMqtt(broker.bus);
  const deviceOf = (id?: string): MqttDevice => (id === other.id ? other : own);
  let isThere = false;
  return {
    driver,
    bus: broker.bus,
    own,
    other,
    device: own.id,
    stranger: other.id,
    confirms: true,
    ops: ["pulse", "hold", "lock", "release", "output"],
    hands: {
      scan: (bits, id) => deviceOf(id).say("scan", { id: randomUUID(), reader: 1, bits }),
      setInput: (active, id) => deviceOf(id).setInput(1, active, null, isThere),
      async garble() {
        await own.raw("scan", "not json");
        await own.raw("scan", Buffer.from([0xff, 0xfe, 0x00]));
        await own.raw("scan", JSON.stringify({ id: "x", reader: 1, bits: "012" }));
        await own.raw("input/1", "[]", { retain: true });
        await own.raw("no/such/thing", "{}");
      },
      async vanish() {
        isThere = false;
        await own.vanish();
      },
      async appear() {
        await own.appear();
        isThere = true;
        await other.vanish();
        await other.appear();
      },
      willing(how) {
        own.behaviour = how === "does" ? undefined : how === "refuses" ? "unwilling" : "silent";
      },
    },
    carriedOut: () => own.done.map(({ op }) => (op === "unlock" ? "pulse" : op)),
    async close() {
      await own.vanish();
      await other.vanish();
    },
  };
}
