import { Readable } from "node:stream";
import type { PublishPacket } from "aedes";
import { Retained } from "./mq.js";

interface Session {
  readonly id: string;
}
interface Numbered {
  readonly messageId?: number;
}

/**
 * What aedes keeps, when no session outlives its connection: retained messages, and the messages of QoS 2 that are half way in.
 * No subscription, no queue and no will is kept, so none can come back with a later connection.
 */
export class CleanSessions {
  readonly retained = new Retained<PublishPacket>();
  readonly #incoming = new Map<string, Map<number, Numbered>>();

  async setup(): Promise<void> {}
  async destroy(): Promise<void> {}

  async storeRetained(packet: PublishPacket): Promise<void> {
    if (packet.payload.length === 0) this.retained.clear(packet.topic);
    else this.retained.keep({ ...packet });
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(this.retained.matching(filters));
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter]);
  }

  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByClient(): Promise<never[]> {
    return [];
  }
  async subscriptionsByTopic(): Promise<never[]> {
    return [];
  }

  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from([]);
  }

  async incomingStorePacket({ id }: Session, packet: Numbered): Promise<void> {
    let packets = this.#incoming.get(id);
    if (!packets) {
      packets = new Map();
      this.#incoming.set(id, packets);
    }
    if (packet.messageId !== undefined) packets.set(packet.messageId, packet);
  }

  async incomingGetPacket({ id }: Session, { messageId }: Numbered): Promise<Numbered> {
    const packet = messageId === undefined ? undefined : this.#incoming.get(id)?.get(messageId);
    // aedes tells a new message from a repeated one by this rejection.
    if (!packet) throw new Error(`no message ${messageId} of ${id} is half way in`);
    return packet;
  }

  async incomingDelPacket(session: Session, packet: Numbered): Promise<void> {
    const { messageId } = await this.incomingGetPacket(session, packet);
    if (messageId !== undefined) this.#incoming.get(session.id)?.delete(messageId);
  }

  async cleanIncoming({ id }: Session): Promise<void> {
    this.#incoming.delete(id);
  }

  async putWill(): Promise<void> {}
  async getWill(): Promise<undefined> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from([]);
  }
}
