import type { Driver } from "../../../drivers/driver.js";
import { osdp } from "../../../drivers/osdp/driver.js";
import type { KeyKeeper, ReaderKeys, ReaderPlace } from "../../../drivers/osdp/place.js";
import type { DriverRig } from "../contract.js";
import { Cable, type ReaderReport } from "./line.js";

export const own = { device: "front-reader", address: 1, key: "9F3C71D08E5A24B66B0D4C17E8F29A53" };
export const other = { device: "back-reader", address: 2, key: "51C0F7A3928BDE66170433ECB5A98D24" };

export class KeysInMemory implements KeyKeeper {
  readonly kept = new Map<string, ReaderKeys>();

  get(device: string): ReaderKeys {
    return this.kept.get(device) ?? {};
  }

  put(device: string, keys: ReaderKeys): void {
    this.kept.set(device, keys);
  }

  isTaken(key: string, except: string): boolean {
    return [...this.kept].some(([device, kept]) => device !== except && kept.key === key);
  }
}

/** OUT as the reader got it: what it was told, by the times that the contract's orders have. */
function told(data: string, before: string | undefined): string {
  const [, code = 0, low = 0, high = 0] = Buffer.from(data, "hex");
  const tenths = low | (high << 8);
  if (code === 1) return "lock";
  if (code === 2) return "release";
  if (tenths === 900) return "hold";
  if (tenths === 10) return "output";
  // A hold that has ended leaves the rest of the pulse that began before it.
  return before === "hold" || before === "release" ? "lock" : "pulse";
}

export interface OsdpRig extends DriverRig {
  readonly cable: Cable;
  readonly keys: KeysInMemory;
  readonly places: Map<string, ReaderPlace>;
  readonly driver: Driver & ReturnType<typeof osdp>;
}

/** The driver over a pseudo-terminal pair, and two readers in a process of their own. */
export async function osdpRig(socat: string): Promise<OsdpRig> {
  const cable = new Cable({
    socat,
    readers: [own, other].map(({ address, key }) => ({ address, key, serial: address })),
  });
  await cable.plug();
  const keys = new KeysInMemory();
  const line = { id: "bus-1", path: cable.path, speed: 115_200 } as const;
  const places = new Map<string, ReaderPlace>();
  for (const { device, address, key } of [own, other]) {
    keys.put(device, { key });
    places.set(device, { line, address, clear: false, locks: new Map() });
  }
  const driver = osdp({ placeOf: (device) => places.get(device), keys });
  const addressOf = (device: string | undefined) => (device === other.device ? other : own).address;
  let done: ReaderReport["done"] = [];
  const look = async () => {
    done = (await cable.report(own.address)).done;
  };
  return {
    cable,
    keys,
    places,
    driver: {
      name: driver.name,
      desk: driver.desk,
      start: (onReading) => driver.start(onReading),
      stop: () => driver.stop(),
      serve: (devices) => driver.serve(devices),
      answer: (answer) => driver.answer(answer),
      // What was carried out is asked of the reader, which is another process.
      send: async (order) => {
        const outcome = await driver.send(order);
        await look();
        return outcome;
      },
    },
    device: own.device,
    stranger: other.device,
    confirms: true,
    ops: ["pulse", "hold", "lock", "release", "output"],
    hands: {
      scan: (bits, device) => cable.wish({ do: "card", address: addressOf(device), bits }),
      setInput: (active, device) =>
        cable.wish({ do: "input", address: addressOf(device), states: [active ? 1 : 0, 0, 0, 0] }),
      async garble() {
        await cable.wish({
          do: "say",
          hex: "53810800064012345381FF0553000000000000000000000000000000000000",
        });
        await cable.wish({ do: "say", hex: "FFFF5353535300AA" });
        await cable.wish({ do: "say", hex: "538109000641" });
      },
      vanish: () => cable.wish({ do: "silent", address: own.address, silent: true }),
      appear: () => cable.wish({ do: "silent", address: own.address, silent: false }),
      willing: (how) => {
        void cable.wish({ do: "refuse", address: own.address, refuse: how === "refuses" });
        void cable.wish({ do: "silent", address: own.address, silent: how === "says-nothing" });
      },
    },
    carriedOut() {
      const list: string[] = [];
      for (const { code, data } of done) if (code === 0x68) list.push(told(data, list.at(-1)));
      return list;
    },
    close: () => cable.close(),
  };
}
