import { driverContract } from "../drivers/contract.js";
import { EspHomeClient, presetRig } from "./rig.js";

driverContract("the driver of foreign devices", async () => {
  const { rig, driver, add } = await presetRig();
  const url = `mqtt://127.0.0.1:${rig.port}`;
  const own = new EspHomeClient("front-esp", "front-esp", url);
  const other = new EspHomeClient("back-esp", "back-esp", url);
  for (const { id, prefix } of [own, other]) {
    add(id, { preset: "esphome", prefix, repeatMs: 0 });
  }
  driver.serve([]);
  const of = (id?: string): EspHomeClient => (id === other.id ? other : own);
  return {
    driver,
    device: own.id,
    stranger: other.id,
    confirms: true,
    ops: ["pulse"],
    hands: {
      async scan(bits, id) {
        await of(id).say("reader/1/wiegand", { bits: bits.length, value: BigInt(`0b${bits}`).toString() });
      },
      setInput: (active, id) => of(id).setContact(active),
      async garble() {
        await own.say("reader/1/wiegand", "not json");
        await own.say("reader/1/wiegand", Buffer.from([0xff, 0xfe, 0]));
        await own.say("reader/1/pn532", "card");
        await own.say("binary_sensor/door_contact/state", "[]");
        await own.say("no/such/thing", "{}");
      },
      vanish: () => own.vanish(),
      async appear() {
        await own.appear();
        await other.vanish();
        await other.appear();
      },
      willing(how) {
        own.willing = how;
      },
    },
    carriedOut: () => own.done.map(() => "pulse"),
    async close() {
      await own.vanish();
      await other.vanish();
    },
  };
});
