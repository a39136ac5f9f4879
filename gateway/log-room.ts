import type { EventBody } from "./core/events.js";
import type { LogSize } from "./store/room.js";
import type { Store } from "./store/store.js";

/** Shares of its room, in percent, at which the log says that it fills (IEC 62443-4-2 CR 2.9); it is written on all the same. */
const thresholds = [80, 90, 95] as const;
/** So far below a threshold it must fall before that is told again. */
const slackPercent = 5;
const toldKey = "log.told-percent";

export interface LogRoom extends LogSize {
  /** What the log may take: what the disk can hold, or less where a limit is set. */
  readonly roomBytes: number;
  readonly usedPercent: number;
  /** Until it is full, at the growth of the last week. */
  readonly daysLeft?: number;
}

export async function logRoom(
  store: Pick<Store, "logSize">,
  capacityBytes: number | undefined,
): Promise<LogRoom> {
  const size = await store.logSize();
  const onDisk = size.usedBytes + size.reusableBytes + size.diskFreeBytes;
  const roomBytes = Math.min(onDisk, capacityBytes ?? onDisk);
  const { growth } = size;
  return {
    ...size,
    roomBytes,
    usedPercent: Math.floor((100 * size.usedBytes) / Math.max(1, roomBytes)),
    ...(growth && growth.bytesADay > 0
      ? { daysLeft: Math.max(0, Math.floor((roomBytes - size.usedBytes) / growth.bytesADay)) }
      : {}),
  };
}

/** Tells, once a threshold, that the log's room runs out, and when there is room again. */
export class LogRoomWatch {
  readonly #store: Pick<Store, "logSize" | "meta">;
  readonly #note: (event: EventBody) => void;
  readonly #capacityBytes: number | undefined;

  constructor(
    store: Pick<Store, "logSize" | "meta">,
    note: (event: EventBody) => void,
    capacityBytes: number | undefined,
  ) {
    this.#store = store;
    this.#note = note;
    this.#capacityBytes = capacityBytes;
  }

  async look(): Promise<void> {
    const room = await logRoom(this.#store, this.#capacityBytes);
    const told = Number((await this.#store.meta.get(toldKey)) ?? 0);
    const reached = thresholds.findLast((threshold) => room.usedPercent >= threshold) ?? 0;
    const data = {
      percent: room.usedPercent,
      usedMb: Math.round(room.usedBytes / 1e6),
      roomMb: Math.round(room.roomBytes / 1e6),
      ...(room.daysLeft === undefined ? {} : { days: room.daysLeft }),
    };
    if (reached > told) {
      this.#note({ type: "system.log-nearly-full", ...(reached > 90 ? { severity: "critical" } : {}), data });
      await this.#store.meta.set(toldKey, String(reached));
      return;
    }
    if (told === 0 || room.usedPercent > told - slackPercent) return;
    if (reached === 0) this.#note({ type: "system.log-room-again", data });
    await this.#store.meta.set(toldKey, reached === 0 ? undefined : String(reached));
  }
}
