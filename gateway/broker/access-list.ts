/**
 * Who may write, read and leave behind what (MQTT contract, "Devices" and "Clients"). Pure: an account and a topic in, yes or
 * no out. Whatever is not listed is denied, `$SYS` included.
 */
import type { Account, Role } from "../ports.js";
import { covers, isFilter, isTopic } from "./filters.js";

export interface AccessList {
  mayPublish(account: Account, topic: string, retain: boolean): boolean;
  /** A wildcard is allowed only if all that it can match is. */
  maySubscribe(account: Account, filter: string): boolean;
  /** Asked again for every message on its way out, so that neither a wildcard nor a retained message leaks. */
  mayReceive(account: Account, topic: string): boolean;
  /** Only a device leaves a will, only on its own state, and only that it is lost; a foreign one below its own prefix. */
  mayLeaveWill(account: Account, topic: string, payload: Buffer): boolean;
  /**
   * What makers' devices do of themselves outside of their prefix (discovery, group topics): it goes nowhere, and they may stay.
   * Never anything of the gateway, of the broker, or that wildcards could make so.
   */
  isIdle(account: Account, topic: string): boolean;
  /** The topics below which an account of another maker speaks, split; undefined: it is none, or none that the site knows. */
  prefixOf(account: Account): readonly string[] | undefined;
  isForeign(account: Account): boolean;
}

/** Where the site has a device of another maker, the prefix of its topics. */
export type ForeignPrefix = (device: string) => string | undefined;

const forViewer = ["status", "door/#", "area/#"];
const forGuard = [
  ...forViewer,
  "partition/#",
  "muster",
  "alarm/#",
  "event/door/#",
  "event/alarm/#",
  "event/safety/#",
];
const forManager = [...forGuard, "event/access/#"];
const everything = ["#"];

/** What each role reads of a site, below `site/{site}/`. */
const readsOfRole: Readonly<Record<Role, readonly string[]>> = {
  viewer: forViewer,
  guard: forGuard,
  manager: forManager,
  auditor: everything,
  central: everything,
  owner: everything,
  device: [],
};
/** Hold-up and duress: only for accounts that are `discreet`, whatever their role. */
const silent = ["silent/#", "event/silent/#"];

/** @param root first levels of every topic, `gw/v1` */
export function accessList(root: string, foreignPrefix: ForeignPrefix = () => undefined): AccessList {
  const split = (rest: string): string[] => `${root}/${rest}`.split("/");
  const ofSite = (rest: string): string[] => split(`site/+/${rest}`);
  const reads = new Map(
    Object.entries(readsOfRole).map(([role, filters]) => [
      role,
      filters.map((filter) => (filter === "#" ? split("site/#") : ofSite(filter))),
    ]),
  );
  const silentReads = silent.map(ofSite);

  const rootLevels = root.split("/");
  const isForeign = (account: Account): boolean =>
    account.kind === "device" && (account.foreign === true || foreignPrefix(account.id) !== undefined);
  const prefixOf = (account: Account): readonly string[] | undefined => {
    if (!isForeign(account)) return undefined;
    const prefix = foreignPrefix(account.id);
    // The site refuses such prefixes; this holds even if one got in another way.
    if (prefix === undefined || !isTopic(prefix) || prefix.startsWith("$")) return undefined;
    const levels = prefix.split("/");
    return levels.includes("") || overlap(levels, rootLevels) ? undefined : levels;
  };
  /** Below the own prefix, never the prefix itself. */
  const ofForeign = (account: Account, filter: readonly string[]): boolean => {
    const own = prefixOf(account);
    return own !== undefined && filter.length > own.length && covers([...own, "#"], filter);
  };

  const readable = (account: Account, filter: readonly string[]): boolean => {
    if (isForeign(account)) return ofForeign(account, filter);
    if (account.kind === "device") return covers(split(`device/${account.id}/down/#`), filter);
    if (account.kind !== "client") return false;
    if (silentReads.some((pattern) => covers(pattern, filter))) return account.discreet;
    if (covers(split(`client/${account.id}/site/+/res`), filter)) return true;
    return (reads.get(account.role) ?? []).some((pattern) => covers(pattern, filter));
  };

  return {
    mayPublish(account, topic, retain) {
      if (account.disabled || !isTopic(topic)) return false;
      const levels = topic.split("/");
      if (isForeign(account)) return ofForeign(account, levels);
      if (account.kind === "device") {
        const own = split(`device/${account.id}/up`);
        // `covers` would let `up` itself pass, which is no message of the contract.
        return levels.length > own.length && covers([...own, "#"], levels);
      }
      // A request that stays behind would be done again by whoever comes later.
      return account.kind === "client" && !retain && covers(split(`client/${account.id}/site/+/req`), levels);
    },

    maySubscribe(account, filter) {
      return !account.disabled && isFilter(filter) && readable(account, filter.split("/"));
    },

    mayReceive(account, topic) {
      return !account.disabled && isTopic(topic) && readable(account, topic.split("/"));
    },

    mayLeaveWill(account, topic, payload) {
      if (account.disabled || account.kind !== "device") return false;
      if (isForeign(account)) return isTopic(topic) && ofForeign(account, topic.split("/"));
      return topic === `${root}/device/${account.id}/up/state` && saysLost(payload);
    },

    isIdle(account, topic) {
      if (account.disabled || !isForeign(account) || !isFilter(topic)) return false;
      const [first = ""] = topic.split("/");
      return /^[A-Za-z0-9_-]/.test(first) && first !== rootLevels[0];
    },
    prefixOf,
    isForeign,
  };
}

/** One is the other, or contains it. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((level, index) => level === b[index]);
}

function saysLost(payload: Buffer): boolean {
  if (payload.length > 1024) return false;
  try {
    const body: unknown = JSON.parse(payload.toString("utf8"));
    return typeof body === "object" && body !== null && "state" in body && body.state === "lost";
  } catch {
    return false;
  }
}
