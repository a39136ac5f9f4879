/** The GPIO driver in a process of its own, told what to do by lines of JSON. */
import { createInterface } from "node:readline";
import type { Order } from "../../../drivers/driver.js";
import { gpio } from "../../../drivers/gpio/driver.js";
import type { BoardPlace } from "../../../drivers/gpio/place.js";

export type HostWish =
  | { readonly do: "places"; readonly places: Readonly<Record<string, BoardPlace>> }
  | { readonly do: "serve"; readonly devices: readonly string[] }
  | { readonly do: "start" | "stop" }
  | { readonly do: "send"; readonly n: number; readonly order: Order }
  | { readonly do: "well"; readonly well: boolean }
  /** Keeps the loop from turning. */
  | { readonly do: "busy"; readonly ms: number; readonly everyMs: number };

let places: Readonly<Record<string, BoardPlace>> = {};
let well = true;
const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const driver = gpio({ placeOf: (device) => places[device], isWell: () => well });

async function grant(wish: HostWish): Promise<void> {
  switch (wish.do) {
    case "places":
      places = wish.places;
      return;
    case "serve":
      driver.serve(wish.devices);
      return;
    case "start":
      await driver.start((reading) => tell({ is: "reading", reading, at: performance.now() }));
      tell({ is: "done", do: "start" });
      return;
    case "stop":
      await driver.stop();
      tell({ is: "done", do: "stop" });
      return;
    case "well":
      well = wish.well;
      return;
    case "busy":
      setInterval(() => {
        const end = performance.now() + wish.ms;
        while (performance.now() < end);
      }, wish.everyMs);
      return;
    case "send":
      tell({ is: "outcome", n: wish.n, outcome: await driver.send(wish.order) });
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => void grant(JSON.parse(line) as HostWish))
  .on("close", () => process.exit(0));
