import type { Socket } from "node:net";
import type { Aedes, Client, ConnectPacket } from "aedes";
import type { Account, Accounts } from "../ports.js";
import type { AccessList } from "./access-list.js";
import { Allowance } from "./allowance.js";
import type { DeviceLine, EmbeddedDeviceBus } from "./device-bus.js";
import type { Gate } from "./gate.js";
import type { Claim, Identity } from "./identity.js";
import { Intake } from "./intake.js";
import type { BrokerLimits } from "./limits.js";
import type { BrokerLog } from "./log.js";
import type { Notes } from "./notes.js";
import { devicePacket } from "./outbox.js";
import type { Breach } from "./packet-gauge.js";

/** One connection, from its first byte; with an account once it is known whose it is. */
export interface Connection {
  readonly raw: Socket;
  readonly intake: Intake;
  readonly client: Client;
  readonly filters: Set<string>;
  claim?: Claim;
  account?: Account;
  line?: DeviceLine;
  /** The prefix of a foreign device when it came; `null`: it is one that the site does not have. Absent: it is none. */
  prefix?: string | null;
  /** Being ended by the broker. */
  dropped: boolean;
}

export interface SessionsParts {
  readonly root: string;
  readonly accounts: Accounts;
  readonly limits: BrokerLimits;
  readonly identity: Identity;
  readonly gate: Gate;
  readonly access: AccessList;
  readonly bus: EmbeddedDeviceBus;
  /** Devices of other makers. */
  readonly foreign: EmbeddedDeviceBus;
  readonly notes: Notes;
  readonly log: BrokerLog | undefined;
}

/** What signing in costs of an account's messages: more work than any of them, and somebody who is thrown out comes back at once. */
const signInCost = 10;
/** Longest that a client which signs in again and again waits for its CONNACK; beyond that it is refused. */
const longestWelcomeMs = 5_000;

/** Who is connected, and as whom; one session an account. */
export class Sessions {
  /** Cut by the broker: too large, not reading, not allowed, not answering. */
  dropped = 0;
  stopping = false;
  readonly #parts: SessionsParts;
  readonly #connections = new Map<Client, Connection>();
  readonly #sessions = new Map<string, Connection>();
  /** By account, whether or not it is connected. */
  readonly #allowances = new Map<string, Allowance>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Reads nothing more from anybody who is connected now, until it is let go on. */
  hold(held: boolean): void {
    for (const { intake } of this.#connections.values()) intake.hold(held);
  }

  /** The connection of a client; a client that has just closed still has its own. */
  of(client: Client): Connection | undefined {
    const found = this.#connections.get(client) ?? this.#sessions.get(client.id);
    return found?.client === client ? found : undefined;
  }

  /** The account of a client as it is now; undefined: none, or no longer. */
  accountOf(client: Client): Account | undefined {
    const known = this.of(client)?.account;
    return known && this.#parts.accounts.get(known.id);
  }

  /** A stream that the gate let in. */
  meet(
    aedes: Aedes,
    stream: Socket,
    raw: Socket,
    address: string,
    onBreach: (client: Client, breach: Breach) => void,
  ): void {
    const { limits, gate } = this.#parts;
    const onGreeted = (): void => gate.greeted(raw);
    const intake = new Intake(stream, limits, {
      address,
      onGreeted,
      onBreach: (breach) => onBreach(client, breach),
    });
    const client = aedes.handle(intake);
    this.#connections.set(client, { raw, intake, client, filters: new Set(), dropped: false });
    intake.once("close", () => {
      this.#connections.delete(client);
      gate.leave(raw);
      raw.destroy();
    });
    intake.start();
  }

  /** A CONNECT has come: who it says it is. Some of what it asks for is not granted to anyone. */
  claim(client: Client, packet: ConnectPacket): void {
    // Nothing outlives a connection, whatever the client asked for.
    packet.clean = true;
    const { keepAliveS } = this.#parts.limits;
    if (!packet.keepalive || packet.keepalive > keepAliveS) packet.keepalive = keepAliveS;
    const connection = this.#connections.get(client);
    if (!connection) return;
    const { clientId, username, password, will } = packet;
    connection.claim = {
      clientId,
      username,
      password: password === undefined ? undefined : Buffer.from(password),
      will: will && { topic: will.topic, payload: Buffer.from(will.payload) },
      address: connection.intake.address,
    };
  }

  /** Why it is refused, or undefined: it is who it says. */
  async authenticate(client: Client): Promise<(Error & { returnCode: number }) | undefined> {
    const connection = this.#connections.get(client);
    if (!connection?.claim) return Object.assign(new Error("no CONNECT was seen"), { returnCode: 5 });
    const verdict = await this.#parts.identity.check(connection.claim, () =>
      this.#parts.gate.wrong(connection.raw),
    );
    delete connection.claim;
    if (!verdict.ok) return Object.assign(new Error(verdict.reason), { returnCode: verdict.returnCode });
    connection.account = verdict.account;
    this.#parts.gate.leave(connection.raw);
    const allowance = this.#allowanceOf(verdict.account.id);
    const waitMs = allowance.charge(signInCost, performance.now());
    if (waitMs > longestWelcomeMs) {
      allowance.charge(-signInCost, performance.now());
      // 3: server unavailable (MQTT 3.1.1, 3.2.2.3).
      return Object.assign(new Error("it signs in too often"), { returnCode: 3 });
    }
    if (waitMs > 0) await new Promise((go) => setTimeout(go, waitMs));
    return undefined;
  }

  /** CONNACK is out: a session stands, and what the client sent meanwhile is read now. */
  ready(client: Client): void {
    const connection = this.#connections.get(client);
    if (!connection?.account || this.stopping) return;
    const { account } = connection;
    this.#sessions.set(account.id, connection);
    if (account.kind === "device") {
      const { access, bus, foreign } = this.#parts;
      const place = this.#placeOf(account);
      if (place !== undefined) connection.prefix = place;
      connection.line = this.#lineTo(connection, account);
      (access.isForeign(account) ? foreign : bus).connected(account.id, connection.line);
    }
    connection.intake.open(this.#allowanceOf(account.id));
  }

  gone(client: Client): void {
    const connection = this.of(client);
    if (!connection?.account) return;
    const { account, line } = connection;
    if (this.#sessions.get(account.id) === connection) this.#sessions.delete(account.id);
    if (!line || this.stopping) return;
    const { bus, foreign } = this.#parts;
    (connection.prefix === undefined ? bus : foreign).disconnected(account.id, line);
  }

  /** The account is gone for good. */
  forget(account: string): void {
    this.#allowances.delete(account);
  }

  /** Ends what an account has open, also a connection that is only now being let in. */
  drop(account: string): void {
    for (const connection of this.#connections.values()) {
      if (connection.account?.id === account) this.cut(connection, "its account was changed");
    }
  }

  /** Whether this is the session that its account has now, and not one that a newer took the place of. */
  isCurrent(connection: Connection): boolean {
    const current = this.#sessions.get(connection.account?.id ?? "");
    return current === undefined || current === connection;
  }

  /** Another site may have given a device other topics: whoever was let in for the earlier ones has to come again. */
  reconsider(): void {
    for (const connection of this.#sessions.values()) {
      const account = connection.account;
      if (account?.kind === "device" && this.#placeOf(account) !== connection.prefix)
        this.cut(connection, "its place in the site was changed");
    }
  }

  #placeOf(account: Account): string | null | undefined {
    const { access } = this.#parts;
    return access.isForeign(account) ? (access.prefixOf(account)?.join("/") ?? null) : undefined;
  }

  /** false, and dropped: it has let too much lie, and would only hold memory. */
  keepsUp(connection: Connection): boolean {
    if (connection.intake.writableLength <= this.#parts.limits.unreadBytes) return true;
    this.cut(connection, "it does not read what it is sent");
    return false;
  }

  cut(connection: Connection, reason: string): void {
    if (connection.dropped) return;
    connection.dropped = true;
    this.dropped++;
    const { account, intake } = connection;
    this.#parts.log?.warn({ client: account?.id, address: intake.address, reason }, "dropped a client");
    if (account?.kind === "device") {
      const note = { type: "device.dropped", device: account.id, reason } as const;
      this.#parts.notes.note(`dropped ${account.id} ${reason}`, note);
    }
    intake.destroy();
  }

  /** Lets what was written last go out, and ends every connection within `withinMs`. */
  async endAll(withinMs: number): Promise<void> {
    const open = [...this.#connections.values()].map(
      ({ intake }) => new Promise<void>((resolve) => intake.once("close", resolve).end()),
    );
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([Promise.all(open), enough]);
    clearTimeout(timer);
    for (const { intake } of this.#connections.values()) intake.destroy();
  }

  #allowanceOf(account: string): Allowance {
    let allowance = this.#allowances.get(account);
    if (!allowance) {
      allowance = new Allowance(this.#parts.limits, performance.now());
      this.#allowances.set(account, allowance);
    }
    return allowance;
  }

  #lineTo(connection: Connection, { id }: Account): DeviceLine {
    const { client, raw, intake } = connection;
    return {
      send: (topic, payload, qos) => {
        if (client.closed || !this.keepsUp(connection)) return false;
        const { prefix } = connection;
        if (prefix === null) return false;
        const below = prefix === undefined ? `${this.#parts.root}/device/${id}/down` : prefix;
        const packet = devicePacket(`${below}/${topic}`, payload, qos);
        client.publish(packet, nobodyWaits);
        return true;
      },
      reset: () => {
        this.dropped++;
        // A reset, not a close: what lies in the system's buffers is thrown away too.
        if (raw.destroyed) intake.destroy();
        else raw.resetAndDestroy();
        client.close();
      },
    };
  }
}

function nobodyWaits(): void {}
