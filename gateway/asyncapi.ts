/**
 * The MQTT contract as an AsyncAPI 3 document, made from the schemas with which messages are read and written. Seen from whoever
 * connects: what the gateway reads, it `receives`; what it says, it `sends` (AsyncAPI 3.0.0, Operation Object).
 */
import { z } from "zod";
import { downSchemas } from "../drivers/mqtt/down.js";
import { upSchemas } from "../drivers/mqtt/messages.js";
import { siteSchemas } from "./broker/site-messages.js";
import { eventCatalogue } from "./core/events.js";
import { requestAnswer, requestEnvelope } from "./request-desk.js";

interface Topic {
  readonly address: string;
  readonly action: "send" | "receive";
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

const parameters: Readonly<Record<string, string>> = {
  device: "Id of the device, which is its user name and its client id",
  n: "Number of the terminal, from 1 to 255",
  site: "Id of the site",
  door: "Id of the door",
  area: "Id of the area",
  partition: "Id of the partition",
  category: "access, door, alarm, safety, device, system, audit; silent for hold-up and duress",
  type: "What happened, without its category",
  client: "Id of the client, which is its user name and its client id",
};

function topics(): Readonly<Record<string, Topic>> {
  const up = (summary: string, address: string, schema: z.ZodType, qos: 0 | 1, retain: boolean): Topic => ({
    address: `device/{device}/up/${address}`,
    action: "receive",
    summary,
    schema,
    qos,
    retain,
  });
  const down = (summary: string, address: keyof typeof downSchemas, qos: 0 | 1): Topic => ({
    address: `device/{device}/down/${address}`,
    action: "send",
    summary,
    schema: downSchemas[address],
    qos,
    retain: false,
  });
  const site = (summary: string, address: string, schema: z.ZodType, qos: 0 | 1, retain: boolean): Topic => ({
    address: `site/{site}/${address}`,
    action: "send",
    summary,
    schema,
    qos,
    retain,
  });
  const { hello, state, scan, keys, input, lock, health, ack } = upSchemas;
  return {
    deviceHello: up("What a device is, and its terminals", "hello", hello, 1, true),
    deviceState: up("Whether it obeys; its will says lost", "state", state, 1, true),
    deviceScan: up("A card was held to a reader", "scan", scan, 1, false),
    deviceKeys: up("What was typed", "keys", keys, 1, false),
    deviceInput: up("The level of an input", "input/{n}", input, 1, true),
    deviceLock: up("How a lock stands", "lock/{n}", lock, 0, true),
    deviceHealth: up("Battery, signal, mains, tamper", "health", health, 0, true),
    deviceAck: up("What became of a command", "ack", ack, 1, false),
    deviceCommand: down("A command", "cmd", 1),
    deviceResult: down("What a reader shows", "result", 1),
    deviceError: down("What was wrong with a message", "error", 0),
    siteStatus: site("The gateway itself", "status", siteSchemas.status, 0, true),
    siteDoor: site("A door", "door/{door}", siteSchemas.door, 0, true),
    siteArea: site("An area", "area/{area}", siteSchemas.area, 0, true),
    sitePartition: site("A partition", "partition/{partition}", siteSchemas.partition, 0, true),
    siteEvent: site("Something happened", "event/{category}/{type}", siteSchemas.event, 1, false),
    clientRequest: {
      address: "client/{client}/site/{site}/req",
      action: "receive",
      summary: "A request of a client; at and ttl_ms are required where it moves something",
      schema: requestEnvelope,
      qos: 1,
      retain: false,
    },
    clientAnswer: {
      address: "client/{client}/site/{site}/res",
      action: "send",
      summary: "Its answer; a repeat of the request gets the same one",
      schema: requestAnswer,
      qos: 1,
      retain: false,
    },
  };
}

type Json = Record<string, unknown>;

/** @param root first levels of every topic, `gw/v1` */
export function asyncApi(version: string, root = "gw/v1"): Json {
  const all = Object.entries(topics());
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Gatewarden over MQTT",
      version,
      description:
        "MQTT 3.1.1, JSON in UTF-8, 64 kB at most. User name and client id are the account's id, the password is its key. Version 1 only ever gains fields: ignore those that you do not know.",
    },
    defaultContentType: "application/json",
    servers: {
      gateway: { host: "gateway.example:1883", protocol: "mqtt", protocolVersion: "3.1.1" },
    },
    channels: Object.fromEntries(
      all.map(([name, { address, summary }]) => [
        name,
        {
          address: `${root}/${address}`,
          summary,
          parameters: Object.fromEntries(
            [...address.matchAll(/\{([a-z]+)\}/g)].map(([, word = ""]) => [
              word,
              { description: parameters[word] },
            ]),
          ),
          messages: { [name]: { $ref: `#/components/messages/${name}` } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      all.map(([name, { action, summary, qos, retain }]) => [
        name,
        {
          action,
          summary,
          channel: { $ref: `#/channels/${name}` },
          messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
          bindings: { mqtt: { qos, retain, bindingVersion: "0.2.0" } },
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        all.map(([name, { summary, schema }]) => [
          name,
          { name, summary, payload: payloadOf(schema), ...(name === "siteEvent" ? eventTypes() : {}) },
        ]),
      ),
    },
  };
}

/** The Schema Object of AsyncAPI is a superset of JSON Schema draft 7. */
function payloadOf(schema: z.ZodType): Json {
  const { $schema: _draft, ...payload } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return payload;
}

/** Every type of event, so that whoever generates code from this has the list. */
function eventTypes(): Json {
  return { "x-event-types": Object.keys(eventCatalogue) };
}
