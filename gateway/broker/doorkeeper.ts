import type { AedesPublishPacket, Client, PublishPacket, Subscription } from "aedes";
import type { SiteId } from "../core/site.js";
import type { Account } from "../ports.js";
import type { AccessList } from "./access-list.js";
import { type ClientRequests, refusal } from "./client-requests.js";
import type { EmbeddedDeviceBus } from "./device-bus.js";
import type { BrokerLimits } from "./limits.js";
import type { Notes } from "./notes.js";
import type { Breach } from "./packet-gauge.js";
import { isLaborious } from "./payload.js";
import type { Sessions } from "./sessions.js";

type Done = (error: Error | null) => void;

/** Where messages of foreign devices go within the broker: the gateway has them, and nobody may subscribe to this. */
const nowhere = "$foreign";

export interface DoorkeeperParts {
  readonly root: string;
  readonly limits: BrokerLimits;
  readonly access: AccessList;
  readonly sessions: Sessions;
  readonly bus: EmbeddedDeviceBus;
  /** Devices of other makers. */
  readonly foreign: EmbeddedDeviceBus;
  readonly requests: ClientRequests;
  readonly notes: Notes;
  site(): SiteId | undefined;
  publish(topic: string, payload: string, how: { retain: boolean; qos: 0 | 1 }): Promise<void>;
}

const breachText: Readonly<Record<Breach, string>> = {
  "not-connect": "the first packet is not CONNECT",
  "too-large": "the packet is too large",
  "bad-length": "the length of the packet cannot be read",
  "bad-type": "a packet of a kind that clients do not send",
};

/** Asked for every message and every filter of a client: lets it pass, or tells the client what was wrong and ends it. */
export class Doorkeeper {
  readonly #parts: DoorkeeperParts;

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts;
  }

  /** A message of a client, or the will of one that is gone. `client` is null for wills that another process left behind. */
  publish(client: Client | null, packet: PublishPacket, done: Done): void {
    const { sessions, bus, access, limits, root } = this.#parts;
    const known = client ? sessions.of(client)?.account : undefined;
    if (!client || !known) {
      done(new Error("no session to answer for it"));
      return;
    }
    const { topic, payload, retain } = packet;
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    if (client.closed && access.isForeign(known)) {
      this.#foreignWill(client, known, topic, bytes);
      done(new Error("told"));
      return;
    }
    if (client.closed) {
      // The will, checked at CONNECT. It is kept and told here, and goes no further.
      if (!sessions.stopping) bus.heard(known.id, "state", bytes, { retain, again: false });
      done(new Error("told"));
      return;
    }
    const account = sessions.accountOf(client) ?? { ...known, disabled: true };
    const what = `publish to ${topic.slice(0, 200)}`;
    if (!access.mayPublish(account, topic, retain)) {
      if (access.isIdle(account, topic)) {
        this.#idle(account, what);
        packet.topic = nowhere;
        packet.retain = false;
        done(null);
        return;
      }
      const isKept = retain && access.mayPublish(account, topic, false);
      this.turnAway(client, what, isKept ? "no request is retained" : "not its topic", done);
      return;
    }
    if (bytes.length > limits.payloadBytes) {
      this.turnAway(client, what, "more than 64 kB", done);
      return;
    }
    if (isLaborious(bytes)) {
      this.turnAway(client, what, "too many values, or too deep", done);
      return;
    }
    packet.retain = false;
    // In the order of the wire, before anything is awaited: an acknowledgement of the transport proves nothing anyway.
    const prefix = access.prefixOf(account);
    if (prefix) {
      const below = topic.split("/").slice(prefix.length).join("/");
      // Not handed on: neither to another, nor back to itself beside the orders, of which one would be lost then.
      packet.topic = nowhere;
      this.#parts.foreign.heardForeign(account.id, below, bytes, { retain, again: packet.dup });
    } else if (account.kind === "device") {
      const below = topic.slice(`${root}/device/${account.id}/up/`.length);
      bus.heard(account.id, below, bytes, { retain, again: packet.dup });
    } else void this.#request(account, topic, bytes);
    done(null);
  }

  subscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription) => void,
  ): void {
    const account = this.#parts.sessions.accountOf(client);
    const { access } = this.#parts;
    if (
      account &&
      !access.maySubscribe(account, subscription.topic) &&
      access.isIdle(account, subscription.topic)
    ) {
      this.#idle(account, `subscribe to ${subscription.topic.slice(0, 200)}`);
      // 0x80, failure (MQTT 3.1.1, 3.9.3): aedes takes no subscription for one.
      done(null);
      return;
    }
    const reason = this.#refuseFilter(client, subscription.topic);
    if (reason === undefined) done(null, subscription);
    // An error, not a refused filter among granted ones: it closes the connection, and nothing of it stays.
    else this.turnAway(client, `subscribe to ${subscription.topic.slice(0, 200)}`, reason, done);
  }

  /** A message on its way to a client, also a retained one; null: not for it. */
  forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const { sessions, access } = this.#parts;
    const connection = sessions.of(client);
    const account = sessions.accountOf(client);
    if (!connection || !account || !sessions.keepsUp(connection)) return null;
    return access.mayReceive(account, packet.topic) ? packet : null;
  }

  /** What came could not be a packet of a client, or is too large to be looked at. */
  breached(client: Client, breach: Breach): void {
    const connection = this.#parts.sessions.of(client);
    if (!connection) return;
    if (connection.account)
      this.turnAway(client, "send that", breachText[breach], () => connection.intake.destroy());
    else {
      this.#parts.sessions.dropped++;
      connection.intake.destroy();
    }
  }

  /** Tells a known client what was wrong, as far as the contract has a topic for that, and then ends it by an error. */
  turnAway(client: Client, what: string, reason: string, done: Done): void {
    const { sessions, notes } = this.#parts;
    const connection = sessions.of(client);
    const account = connection?.account;
    const error = `may not ${what}: ${reason}`;
    const end = (): void => done(new Error(error));
    if (!connection || !account || connection.dropped) {
      end();
      return;
    }
    connection.dropped = true;
    sessions.dropped++;
    notes.note(`refused ${account.id} ${what}`, {
      type: "audit.refused",
      by: { kind: account.kind, id: account.id },
      reason,
      data: { operation: what },
    });
    // The message is written in the next turn of the loop and leaves the socket in the one after.
    const endSoon = (): void => void setImmediate(() => setImmediate(end));
    if (account.kind === "device") {
      const topic = what.replace(/^(publish|subscribe) to /, "");
      // The contract's topic for it; a device of another maker would not know what to do with it.
      if (connection.prefix === undefined)
        connection.line?.send("error", JSON.stringify({ topic, error }), 0);
      endSoon();
    } else {
      const body = refusal(Buffer.alloc(0), "forbidden", error);
      const answered = this.#parts.publish(this.#answerTopic(account), body, { retain: false, qos: 0 });
      void answered.then(endSoon);
    }
  }

  /** Told as of another moment, so that no will is a card or a press; and not of a connection that a newer one has replaced. */
  #foreignWill(client: Client, account: Account, topic: string, bytes: Buffer): void {
    const { sessions, access, foreign } = this.#parts;
    const connection = sessions.of(client);
    const prefix = access.prefixOf(account);
    if (sessions.stopping || !prefix || !connection || !sessions.isCurrent(connection)) return;
    if (!access.mayPublish(account, topic, false)) return;
    const below = topic.split("/").slice(prefix.length).join("/");
    foreign.heardForeign(account.id, below, bytes, { retain: true, again: true });
  }

  /** Of no use here, and no harm: noted, and nothing comes of it. */
  #idle(account: Account, what: string): void {
    this.#parts.notes.note(`idle ${account.id}`, {
      type: "audit.refused",
      by: { kind: account.kind, id: account.id },
      reason: "outside of its prefix; it goes nowhere",
      data: { operation: what },
    });
  }

  async #request(client: Account, topic: string, payload: Buffer): Promise<void> {
    const { root, requests, publish } = this.#parts;
    const site = this.#parts.site();
    const ours = topic === `${root}/client/${client.id}/site/${site}/req`;
    const answer = ours
      ? await requests.answer(client, payload)
      : refusal(payload, "not-found", site === undefined ? "there is no site yet" : `only ${site} is here`);
    await publish(topic.replace(/req$/, "res"), answer, { retain: false, qos: 1 });
  }

  #answerTopic({ id }: Account): string {
    return `${this.#parts.root}/client/${id}/site/${this.#parts.site() ?? "none"}/res`;
  }

  #refuseFilter(client: Client, filter: string): string | undefined {
    const { sessions, access, limits } = this.#parts;
    const connection = sessions.of(client);
    const account = sessions.accountOf(client);
    if (!connection || !account) return "no session";
    if (!access.maySubscribe(account, filter)) return "not its topic";
    connection.filters.add(filter);
    return connection.filters.size > limits.subscriptionsPerClient ? "too many subscriptions" : undefined;
  }
}
