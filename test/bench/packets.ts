/**
 * What one scan sends out, made without deciding or keeping anything: the packets of a gateway, field for field, for the brokers
 * that it is compared with.
 */
export interface Packet {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

const root = "gw/v1";
const order = { qos: 1, retain: false } as const;
const trace = [
  ["known-card", "ok"],
  ["card-active", "ok"],
  ["not-blocked", "ok"],
  ["within-validity", "ok"],
  ["door-mode", "ok"],
  ["group-has-door", "ok"],
  ["within-schedule", "ok: staff, always"],
];

let seq = 0;

/** Every scan is answered with a grant, in the order in which a gateway sends: to the lock, to the reader, to who listens. */
export function answersTo(topic: string, payload: string): readonly Packet[] {
  const device = topic.split("/")[3] ?? "";
  const { id: scan, reader } = JSON.parse(payload) as { readonly id: string; readonly reader: number };
  const at = new Date().toISOString();
  const door = `door-${device.slice(device.lastIndexOf("-") + 1)}`;
  const id = `01a20d6f-69dc-759e-8226-${(++seq).toString(16).padStart(12, "0")}`;
  const cmd = { id: `${id}.1`, op: "unlock", lock: 1, ms: 1000, for: scan };
  const event = {
    v: 1,
    id,
    seq,
    site: "hq",
    type: "access.granted",
    side: "outside",
    device,
    scan,
    credential: "c1m4qjm5szzyf",
    person: "p38",
    area: "hall",
    trace,
    tenant: "main",
    door,
    severity: "info",
    revision: 1,
    at,
  };
  const level = { v: 1, lock: "unlocked", position: "closed", mode: "card", online: true, alarm: null, at };
  return [
    { topic: `${root}/device/${device}/down/cmd`, payload: JSON.stringify(cmd), ...order },
    {
      topic: `${root}/device/${device}/down/result`,
      payload: JSON.stringify({ re: scan, reader, outcome: "granted" }),
      ...order,
    },
    { topic: `${root}/site/hq/event/access/granted`, payload: JSON.stringify(event), ...order },
    { topic: `${root}/site/hq/door/${door}`, payload: JSON.stringify(level), qos: 0, retain: true },
  ];
}
