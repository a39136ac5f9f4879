/**
 * What each role may hear, written down from the MQTT contract ("Devices", "Clients") and not from the gateway's own access list,
 * which it is to judge. None of the listeners is `discreet`.
 */
const site = "^gw/v1/site/hq/";
const viewer = ["status$", "door/[^/]+$", "area/[^/]+$"];
const guard = [...viewer, "partition/[^/]+$", "alarm/[^/]+$", "event/(door|alarm|safety)/[^/]+$"];
const manager = [...guard, "event/access/[^/]+$"];
const everything = ["(?!silent/|event/silent/).+$"];

const reads: Readonly<Record<string, readonly string[]>> = {
  viewer,
  guard,
  manager,
  auditor: everything,
  central: everything,
};

/** @param role of a client, or `device`, or `nobody` */
export function mayHear(role: string, account: string, topic: string): boolean {
  if (role === "device") return topic.startsWith(`gw/v1/device/${account}/down/`);
  if (new RegExp(`^gw/v1/client/${account}/site/[^/]+/res$`).test(topic)) return role !== "nobody";
  return (reads[role] ?? []).some((pattern) => new RegExp(site + pattern).test(topic));
}

/** What a listener of this role asks for and is to get. */
export function filtersOf(role: string, account: string): string[] {
  if (role === "device") return [`gw/v1/device/${account}/down/#`];
  const own = `gw/v1/client/${account}/site/+/res`;
  const below = (...filters: string[]) => [own, ...filters.map((filter) => `gw/v1/site/hq/${filter}`)];
  const forViewer = ["status", "door/+", "area/+"];
  const forGuard = [
    ...forViewer,
    "partition/+",
    "alarm/+",
    "event/door/+",
    "event/alarm/+",
    "event/safety/+",
  ];
  if (role === "viewer") return below(...forViewer);
  if (role === "guard") return below(...forGuard);
  if (role === "manager") return below(...forGuard, "event/access/+");
  return below("#");
}

/** What somebody tries who wants to hear more; some are allowed to some. */
export const greedyFilters: readonly string[] = [
  "#",
  "+",
  "+/#",
  "/#",
  "+/+/#",
  "$SYS/#",
  "$SYS/+/new/clients",
  "$share/all/#",
  "$share/all/gw/v1/site/hq/#",
  "$queue/gw/v1/#",
  "gw/#",
  "gw/v1/#",
  "gw/v1/+/hq/#",
  "gw/v1/device/#",
  "gw/v1/device/+/up/#",
  "gw/v1/device/+/up/scan",
  "gw/v1/device/io-1/up/scan",
  "gw/v1/device/io-1/down/#",
  "gw/v1/device/+/down/cmd",
  "gw/v1/client/#",
  "gw/v1/client/+/site/hq/req",
  "gw/v1/client/+/site/+/res",
  "gw/v1/client/rogue-1/site/hq/res",
  "gw/v1/site/#",
  "gw/v1/site/hq/#",
  "gw/v1/site/+/event/#",
  "gw/v1/site/hq/event/+/+",
  "gw/v1/site/hq/event/access/#",
  "gw/v1/site/hq/event/audit/#",
  "gw/v1/site/hq/event/system/+",
  "gw/v1/site/hq/event/silent/#",
  "gw/v1/site/hq/silent/#",
  "gw/v1/site/hq/partition/#",
  "constructor/#",
  "__proto__",
  "gw/v1/site/__proto__/#",
];
