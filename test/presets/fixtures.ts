/**
 * What devices of other makers send, worded from the page of the maker that is named beside each; ids and numbers are ours. Topics
 * are those below the device's prefix.
 */
import type { Said } from "../../drivers/preset/mapping.js";

export interface Payload {
  readonly preset: string;
  /** The maker's page. */
  readonly page: string;
  readonly what: string;
  readonly topic: string;
  readonly payload: string;
  readonly says: readonly Said[];
  readonly names?: Readonly<Record<string, string>>;
}

const notifications = "https://shelly-api-docs.shelly.cloud/gen2/General/Notifications";
const shellyMqtt = "https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt";
const shellyFrames = "https://shelly-api-docs.shelly.cloud/gen2/General/RPCProtocol";
const tasmotaMqtt = "https://tasmota.github.io/docs/MQTT/";
const tasmotaCommands = "https://tasmota.github.io/docs/Commands/";
const tasmotaRdm = "https://tasmota.github.io/docs/RDM6300/";
const tasmotaWiegand = "https://tasmota.github.io/docs/Wiegand/";
const zigbeeTopics = "https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html";
const zigbeeThere = "https://www.zigbee2mqtt.io/guide/configuration/device-availability.html";
const zigbeeBattery = "https://www.zigbee2mqtt.io/guide/usage/exposes.html";
const espMqtt = "https://esphome.io/components/mqtt.html";
const espRdm = "https://esphome.io/components/binary_sensor/rdm6300";
const espPn532 = "https://esphome.io/components/binary_sensor/pn532.html";
const espWiegand = "https://esphome.io/components/wiegand.html";

const shelly = (
  what: string,
  page: string,
  topic: string,
  body: unknown,
  says: readonly Said[],
): Payload => ({
  preset: "shelly-gen2",
  page,
  what,
  topic,
  payload: typeof body === "string" ? body : JSON.stringify(body),
  says,
});
const tasmota = (
  what: string,
  page: string,
  topic: string,
  body: unknown,
  says: readonly Said[],
): Payload => ({
  ...shelly(what, page, topic, body, says),
  preset: "tasmota",
});
const zigbee = (
  what: string,
  page: string,
  topic: string,
  body: unknown,
  says: readonly Said[],
): Payload => ({
  ...shelly(what, page, topic, body, says),
  preset: "zigbee2mqtt",
  names: { "input/1": "kitchen/window", "input/2": "hall_motion" },
});
const esphome = (
  what: string,
  page: string,
  topic: string,
  body: unknown,
  says: readonly Said[],
): Payload => ({
  ...shelly(what, page, topic, body, says),
  preset: "esphome",
});

const notify = (params: object, method = "NotifyStatus") => ({
  src: "shellyplus1-a8032abe54dc",
  dst: "shellyplus1-a8032abe54dc/events",
  method,
  params: { ts: 1_631_186_545.04, ...params },
});

export const payloads: readonly Payload[] = [
  shelly("is there", shellyMqtt, "online", "true", [{ is: "available", of: undefined, online: true }]),
  shelly("is gone", shellyMqtt, "online", "false", [{ is: "available", of: undefined, online: false }]),
  shelly(
    "closes its relay",
    notifications,
    "events/rpc",
    notify({ "switch:0": { id: 0, output: true, source: "MQTT" } }),
    [{ is: "lock", n: 1, locked: false }],
  ),
  shelly(
    "opens its second relay",
    notifications,
    "events/rpc",
    notify({ "switch:1": { id: 1, output: false, source: "timer" } }),
    [{ is: "lock", n: 2, locked: true }],
  ),
  shelly("sees its input", notifications, "events/rpc", notify({ "input:0": { id: 0, state: true } }), [
    { is: "input", n: 1, active: true, tampered: undefined },
  ]),
  shelly(
    "is pressed",
    notifications,
    "events/rpc",
    notify(
      { events: [{ component: "input:0", id: 0, event: "single_push", ts: 1_631_266_595.44 }] },
      "NotifyEvent",
    ),
    [{ is: "press", n: 1 }],
  ),
  shelly(
    "is held down, which is no press yet",
    notifications,
    "events/rpc",
    notify({ events: [{ component: "input:0", id: 0, event: "btn_down" }] }, "NotifyEvent"),
    [],
  ),
  shelly("lost its cloud", notifications, "events/rpc", notify({ cloud: { connected: false } }), []),
  shelly("tells its signal", notifications, "events/rpc", notify({ wifi: { rssi: -61 } }), [
    { is: "health", of: "", rssi: -61 },
  ]),
  shelly(
    "says that a key is gone, by null",
    notifications,
    "events/rpc",
    notify({ "input:0": { id: 0, state: null } }),
    [],
  ),
  shelly(
    "has done a request",
    shellyFrames,
    "gatewarden/rpc",
    { id: 7, src: "x", dst: "y", result: { was_on: false } },
    [
      { is: "confirmed", lock: 1, request: 7 },
      { is: "confirmed", lock: 2, request: 7 },
      { is: "confirmed", lock: 3, request: 7 },
      { is: "confirmed", lock: 4, request: 7 },
    ],
  ),
  shelly("cannot be read", notifications, "events/rpc", "\u0000 not json", []),

  tasmota("is there", tasmotaMqtt, "tele/LWT", "Online", [{ is: "available", of: undefined, online: true }]),
  tasmota("is gone", tasmotaMqtt, "tele/LWT", "Offline", [{ is: "available", of: undefined, online: false }]),
  tasmota(
    "reads a 125 kHz badge",
    tasmotaRdm,
    "tele/SENSOR",
    { Time: "2026-11-24T08:00:00", RDM6300: { UID: "008EC793" } },
    [{ is: "scan", n: 1, credential: { kind: "uid", uid: "008ec793" } }],
  ),
  tasmota(
    "reads a Wiegand badge in decimal",
    tasmotaWiegand,
    "tele/SENSOR",
    { Time: "2026-11-24T08:00:00", Wiegand: { UID: 9_357_203, Size: 26 } },
    [{ is: "scan", n: 1, credential: { kind: "uid", uid: "008ec793" } }],
  ),
  tasmota(
    "reads a Wiegand badge in hex",
    tasmotaWiegand,
    "tele/SENSOR",
    { Time: "2026-11-24T08:00:00", Wiegand: { UID: "8EC793h", Size: 26 } },
    [{ is: "scan", n: 1, credential: { kind: "uid", uid: "008ec793" } }],
  ),
  tasmota(
    "reads a number that JSON has rounded",
    tasmotaWiegand,
    "tele/SENSOR",
    '{"Time":"2026-11-24T08:00:00","Wiegand":{"UID":9007199254740993,"Size":56}}',
    [{ is: "nonsense", error: "no card as number" }],
  ),
  tasmota("closes its first of two relays", tasmotaCommands, "stat/POWER1", "ON", [
    { is: "lock", n: 1, locked: false },
    { is: "confirmed", lock: 1, request: undefined },
  ]),
  tasmota("opens its only relay", tasmotaCommands, "stat/POWER", "OFF", [{ is: "lock", n: 1, locked: true }]),
  tasmota("has a switch that was moved", tasmotaCommands, "stat/RESULT", { Switch2: { Action: "ON" } }, [
    { is: "input", n: 2, active: true, tampered: undefined },
  ]),
  tasmota(
    "tells how it is",
    tasmotaMqtt,
    "tele/STATE",
    {
      Time: "2026-11-24T08:00:00",
      Uptime: "0T00:05:12",
      POWER1: "OFF",
      Wifi: { AP: 1, RSSI: 78, Signal: -61 },
    },
    [
      { is: "lock", n: 1, locked: true },
      { is: "health", of: "", rssi: -61 },
    ],
  ),
  tasmota(
    "says what it is",
    tasmotaMqtt,
    "tele/INFO1",
    { Info1: { Module: "Sonoff Basic", Version: "14.2.0(tasmota)" } },
    [{ is: "hello", model: "Sonoff Basic", firmware: "14.2.0(tasmota)" }],
  ),

  zigbee("is there", zigbeeTopics, "bridge/state", { state: "online" }, [
    { is: "available", of: undefined, online: true },
  ]),
  zigbee("sees a window open", zigbeeTopics, "kitchen/window", { contact: false, linkquality: 128 }, [
    { is: "input", n: 1, active: true, tampered: undefined },
  ]),
  zigbee(
    "sees a closed window that is tampered with, on a weak battery",
    zigbeeBattery,
    "kitchen/window",
    { contact: true, tamper: true, battery: 9, battery_low: true, linkquality: 84 },
    [
      { is: "input", n: 1, active: false, tampered: true },
      { is: "health", of: "input/1", battery: 9 },
    ],
  ),
  zigbee("sees somebody", zigbeeTopics, "hall_motion", { occupancy: true }, [
    { is: "input", n: 2, active: true, tampered: undefined },
  ]),
  zigbee("has lost a sensor", zigbeeThere, "hall_motion/availability", { state: "offline" }, [
    { is: "available", of: { kind: "input", n: 2 }, online: false },
  ]),
  zigbee("speaks of a device that the site does not know", zigbeeTopics, "cellar_lamp", { state: "ON" }, []),

  esphome("is there", espMqtt, "status", "online", [{ is: "available", of: undefined, online: true }]),
  esphome("reads a 125 kHz badge", espRdm, "reader/1/rdm6300", "9357203", [
    { is: "scan", n: 1, credential: { kind: "uid", uid: "008ec793" } },
  ]),
  esphome("reads a 13.56 MHz card", espPn532, "reader/2/pn532", "74-10-37-94", [
    { is: "scan", n: 2, credential: { kind: "uid", uid: "74103794" } },
  ]),
  esphome(
    "reads the bits of a Wiegand reader",
    espWiegand,
    "reader/1/wiegand",
    { bits: 26, value: "18714406" },
    [{ is: "scan", n: 1, credential: { kind: "bits", bits: "01000111011000111100100110" } }],
  ),
  esphome("sees its door open", espMqtt, "binary_sensor/door_contact/state", "ON", [
    { is: "input", n: 1, active: true, tampered: undefined },
  ]),
  esphome("says something else of its door", espMqtt, "binary_sensor/door_contact/state", "MAYBE", [
    { is: "nonsense", error: "the payload is neither on nor off" },
  ]),
  esphome("has pulsed its lock", espMqtt, "lock/1/done", { request: 12 }, [
    { is: "confirmed", lock: 1, request: 12 },
  ]),
];
