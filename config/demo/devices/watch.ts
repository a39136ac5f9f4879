/** Whoever watches the demo building from outside of it: a client of the public contract, with an account like any other. */
import { randomUUID } from "node:crypto";
import { setTimeout as pass } from "node:timers/promises";
import { z } from "zod";
import { Link } from "./link.js";

export interface WatchOptions {
  /** The account: user name and client id. */
  readonly id: string;
  readonly key: string;
  readonly url: string;
  /** First levels of every topic: `gw/v1`. */
  readonly root: string;
  readonly site: string;
  readonly log: (line: string) => void;
}

const answer = z.object({
  id: z.string(),
  status: z.enum(["ok", "error"]),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type WatchAnswer = { readonly ok: true } | { readonly ok: false; readonly why: string };

const partitionLevel = z.object({ arming: z.string() });
const alarmLevel = z.object({
  id: z.string(),
  type: z.string(),
  state: z.string(),
  sensor: z.string().optional(),
  door: z.string().optional(),
});
/** An open alarm as it stands on its topic. */
export type Alarm = z.infer<typeof alarmLevel>;

const answeredWithinMs = 5_000;
/** Good for as long as somebody waits for its answer. */
const ttlMs = answeredWithinMs;
const lookAgainMs = 50;

export class Watch {
  readonly #link: Link;
  readonly #asking = new Map<string, (answer: WatchAnswer) => void>();
  readonly #arming = new Map<string, string>();
  readonly #alarms = new Map<string, Alarm>();
  readonly #site: string;
  readonly #desk: string;
  #troubleTold = "";

  constructor(options: WatchOptions) {
    const { id, key, url, root, site, log } = options;
    this.#site = `${root}/site/${site}`;
    this.#desk = `${root}/client/${id}/site/${site}`;
    this.#link = new Link({
      id,
      key,
      url,
      listenTo: [`${this.#desk}/res`, `${this.#site}/partition/#`, `${this.#site}/alarm/#`],
      onUp: () => {
        this.#troubleTold = "";
      },
      onMessage: (topic, payload) => this.#hear(topic, payload.toString("utf8")),
      onTrouble: (why) => {
        if (why !== this.#troubleTold) log(`${id}: ${why}`);
        this.#troubleTold = why;
      },
    });
  }

  get connected(): boolean {
    return this.#link.up;
  }

  /** The open alarms that this account is told of. */
  get alarms(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  start(): void {
    this.#link.start();
  }

  async stop(): Promise<void> {
    await this.#link.stop();
    for (const settle of this.#asking.values()) settle({ ok: false, why: "it goes home" });
  }

  /** As its topic says, such as `armed_away`; undefined: nothing was heard of it. */
  armingOf(partition: string): string | undefined {
    return this.#arming.get(partition);
  }

  isArmed(partition: string | undefined): boolean {
    const arming = partition === undefined ? undefined : this.#arming.get(partition);
    return arming !== undefined && arming !== "disarmed";
  }

  /** Asks once and waits for the answer; a request that nobody answers in time was not heard. */
  ask(op: string, params: Readonly<Record<string, unknown>>): Promise<WatchAnswer> {
    const id = randomUUID();
    const request = { id, at: new Date().toISOString(), ttl_ms: ttlMs, op, ...params };
    return new Promise((resolve) => {
      const settle = (said: WatchAnswer) => {
        clearTimeout(giveUp);
        this.#asking.delete(id);
        resolve(said);
      };
      const giveUp = setTimeout(() => settle({ ok: false, why: "no answer" }), answeredWithinMs);
      this.#asking.set(id, settle);
      if (!this.#link.publish(`${this.#desk}/req`, JSON.stringify(request), { qos: 1 }))
        settle({ ok: false, why: "not connected" });
    });
  }

  /** Waits until it is so; false: it was not in time. */
  async until(holds: () => boolean, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const giveUpAt = performance.now() + withinMs;
    while (!holds()) {
      if (performance.now() > giveUpAt) return false;
      await pass(lookAgainMs, undefined, { signal });
    }
    return true;
  }

  #hear(topic: string, text: string): void {
    if (topic === `${this.#desk}/res`) {
      const read = answer.safeParse(json(text)).data;
      if (!read) return;
      const { status, error } = read;
      this.#asking.get(read.id)?.(
        status === "ok" ? { ok: true } : { ok: false, why: error?.message ?? "refused" },
      );
      return;
    }
    const [kind, id] = topic.slice(this.#site.length + 1).split("/");
    if (id === undefined) return;
    if (kind === "partition") this.#note(this.#arming, id, partitionLevel.safeParse(json(text)).data?.arming);
    // Closed, its topic is emptied.
    if (kind === "alarm") this.#note(this.#alarms, id, alarmLevel.safeParse(json(text)).data);
  }

  #note<T>(book: Map<string, T>, id: string, level: T | undefined): void {
    if (level === undefined) book.delete(id);
    else book.set(id, level);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
