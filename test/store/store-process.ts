/** A store in a process of its own, for tests that slow, starve or kill it: does what it is told over the process channel. */
import { openStore, type Store } from "../../gateway/store/store.js";
import { aScan } from "./a-scan.js";

export type Told =
  | { readonly do: "append"; readonly from: number; readonly to: number; readonly wait: boolean }
  /** For ever, as fast as the disk takes them, from this number on. */
  | { readonly do: "append-for-ever"; readonly from: number }
  | { readonly do: "put-person"; readonly status: "active" | "blocked" }
  | { readonly do: "health" }
  | { readonly do: "flush" }
  | { readonly do: "close" };

const [folder = ""] = process.argv.slice(2);
const say = (message: object): void => {
  process.send?.(message);
};

let store: Store;
try {
  store = await openStore(folder, { site: "hq", tenant: "main", headEveryEvents: 50 });
} catch (error) {
  say({ failed: (error as Error).name, message: (error as Error).message });
  process.exit(3);
}
store.journal.onDurable((events) => say({ durable: events.map(({ seq }) => seq) }));
store.journal.onHealth((health) => say({ health }));

function append(from: number, to: number): void {
  for (let i = from; i <= to; i++) store.journal.append(aScan(i));
}

async function appendForEver(from: number): Promise<never> {
  for (let i = from; ; i += 20) {
    append(i, i + 19);
    await store.journal.flush();
  }
}

async function perform(told: Told): Promise<unknown> {
  switch (told.do) {
    case "append":
      append(told.from, told.to);
      if (told.wait) await store.journal.flush();
      return undefined;
    case "append-for-ever":
      void appendForEver(told.from);
      return undefined;
    case "put-person": {
      const person = { id: "p1", name: "Ada", tenant: "main", groups: ["staff"], status: told.status };
      const put = store.people.put({ people: [person] }, { by: { kind: "operator", id: "anna" }, at: 1000 });
      const atOnce = store.people.person("p1")?.status ?? null;
      const written = await put.then(
        ({ ok }) => ok,
        () => false,
      );
      return { atOnce, written, after: store.people.person("p1")?.status ?? null };
    }
    case "health":
      return store.journal.health();
    case "flush":
      await store.journal.flush();
      return undefined;
    case "close":
      await store.close();
      return undefined;
  }
}

process.on("message", (message: { readonly id: number; readonly told: Told }) => {
  void perform(message.told).then((done) => {
    say({ id: message.id, done });
    if (message.told.do === "close") process.disconnect();
  });
});
process.on("disconnect", () => process.exit(0));
say({ opened: store.openedWith, lastSeq: store.journal.health().lastSeq });
