import { z } from "zod";
import { clockOf, surelyAt } from "../core/clock-trust.js";
import { type LogRoom, logRoom } from "../log-room.js";
import type { HouseParts } from "./house-parts.js";
import { done, operation } from "./operation.js";

/** Whether the clock is believed, and since when not and why. */
function clockShown({ engine, clock }: HouseParts) {
  const now = clock.now();
  const known = clockOf(engine.state);
  const own = { now: new Date(now).toISOString(), trusted: known?.trusted ?? true, why: known?.why ?? null };
  return known && !known.trusted
    ? {
        ...own,
        since: new Date(known.since).toISOString(),
        surelyAt: known.lastTrustedAt === undefined ? null : new Date(surelyAt(known, now)).toISOString(),
      }
    : own;
}

export const statusOperations = [
  operation({
    name: "status",
    permission: "status.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => {
      const { engine, store, accounts } = house;
      const active = engine.active;
      const health = store.journal.health();
      const head = await store.lastHead();
      // A disk that cannot be asked is what somebody may want to see here: the rest is told all the same.
      const room = await logRoom(store, house.logLimits.capacityBytes).catch(() => undefined);
      const pinKeyLost = house.lost === undefined ? await house.pinKeyWatch.lost() : undefined;
      const devices = [...(active?.site.devices.values() ?? [])];
      const online = devices.filter(({ id }) => engine.state.devices.get(id)?.online === true);
      const missing = devices.filter((device) => !online.includes(device)).map(({ id }) => id);
      return done({
        version: house.version,
        running: engine.running,
        since: new Date(house.startedAt).toISOString(),
        site: active ? { id: active.site.id, name: active.site.name, revision: active.site.revision } : null,
        journal: {
          state: health.state,
          lastSeq: health.lastSeq,
          waiting: health.waiting,
          ...(health.commits ? { commits: health.commits } : {}),
          head: head ? { ...head, at: new Date(head.at).toISOString() } : null,
          ...(health.lastError === undefined ? {} : { lastError: health.lastError }),
          size: room ? sizeShown(room) : null,
          keepDays: house.logLimits.keepDays,
        },
        devices: { online: online.length, of: devices.length, missing: missing.slice(0, 100) },
        people: store.people.people,
        credentials: store.people.credentials,
        accounts: accounts.list().length,
        ownerless: accounts.ownerless,
        clock: clockShown(house),
        emergency: house.lost ?? null,
        pinKeyLost: pinKeyLost
          ? { people: pinKeyLost.people, since: new Date(pinKeyLost.since).toISOString() }
          : null,
        listening: house.listening(),
        memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
      });
    },
  }),
];

function sizeShown({ oldestAt, growth, ...room }: LogRoom) {
  return {
    usedBytes: room.usedBytes,
    reusableBytes: room.reusableBytes,
    roomBytes: room.roomBytes,
    usedPercent: room.usedPercent,
    diskFreeBytes: room.diskFreeBytes,
    events: room.events,
    oldestAt: oldestAt === undefined ? null : new Date(oldestAt).toISOString(),
    // null: the log is younger than a day.
    eventsADay: growth?.eventsADay ?? null,
    bytesADay: growth?.bytesADay ?? null,
    daysLeft: room.daysLeft ?? null,
  };
}
