/** The same broker with the clients that everybody has: Debian's mosquitto_pub, mosquitto_sub and mosquitto_rr. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Reading } from "../../drivers/driver.js";
import { nativeMqtt } from "../../drivers/mqtt/native.js";
import { describeWithPeers } from "../peers/peers.js";
import { atEnd, type BrokerRig, brokerRig, until } from "./rig.js";

const run = promisify(execFile);

function as(rig: BrokerRig, id: string): string[] {
  return ["-h", "127.0.0.1", "-p", String(rig.port), "-i", id, "-u", id, "-P", `${id}-key`];
}

describeWithPeers("with mosquitto's clients", ["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"], (path) => {
  test("a reader that is a shell line scans a card and hears the result", async () => {
    const rig = await brokerRig();
    rig.accounts.device("side-reader");
    const driver = nativeMqtt(rig.broker.bus);
    driver.serve(["side-reader"]);
    const readings: Reading[] = [];
    await driver.start((reading) => {
      readings.push(reading);
      if (reading.type === "scan")
        driver.answer({ point: reading.point, scan: reading.scan, outcome: "granted" });
    });
    atEnd(() => driver.stop());
    const topic = "gw/v1/device/side-reader";
    const { stdout } = await run(path.mosquitto_rr, [
      // It would speak MQTT 5 else, which this broker does not.
      ...["-V", "mqttv311"],
      ...as(rig, "side-reader"),
      ...["-q", "1", "-t", `${topic}/up/scan`, "-e", `${topic}/down/result`, "-W", "5"],
      ...["-m", `{"id":"walk-1","reader":1,"uid":"04a1b2c3d4e5f6"}`],
    ]);
    expect(JSON.parse(stdout)).toEqual({ re: "walk-1", reader: 1, outcome: "granted" });
    expect(readings.filter(({ type }) => type === "scan")).toHaveLength(1);
  });

  test("a lock that is a shell line hears its order; one that says it is ready is there", async () => {
    const rig = await brokerRig();
    rig.accounts.device("side-lock");
    const driver = nativeMqtt(rig.broker.bus);
    driver.serve(["side-lock"]);
    const readings: Reading[] = [];
    await driver.start((reading) => readings.push(reading));
    atEnd(() => driver.stop());
    const topic = "gw/v1/device/side-lock";
    await run(path.mosquitto_pub, [
      ...as(rig, "side-lock"),
      ...["-q", "1", "-r", "-t", `${topic}/up/state`, "-m", `{"state":"ready"}`],
    ]);
    const listener = spawn(path.mosquitto_sub, [
      ...as(rig, "side-lock"),
      ...["-q", "1", "-t", `${topic}/down/cmd`, "-C", "1", "-W", "5"],
    ]);
    atEnd(() => listener.kill());
    let said = "";
    listener.stdout.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    await until(() => rig.broker.bus.isOnline("side-lock"), 4_000);
    await until(() => readings.some((reading) => reading.type === "presence" && reading.online));
    const point = { device: "side-lock", kind: "lock", n: 1 } as const;
    const outcome = driver.send({ op: "pulse", id: "o-1", point, ms: 5_000 });
    await until(() => said.includes("\n"), 4_000);
    expect(JSON.parse(said)).toEqual({ id: "o-1", op: "unlock", lock: 1, ms: 5_000 });
    // Nothing acknowledged it.
    expect((await outcome).is).not.toBe("done");
  });

  test("a client that is a shell line reads the site and asks for a door", async () => {
    const rig = await brokerRig();
    rig.accounts.client("desk", "guard");
    await rig.broker.publishSite("door/front", `{"v":1,"lock":"locked"}`, { retain: true, qos: 0 });
    const { stdout: door } = await run(path.mosquitto_sub, [
      ...as(rig, "desk"),
      ...["-t", "gw/v1/site/hq/door/front", "-C", "1", "-W", "5"],
    ]);
    expect(door.trim()).toBe(`{"v":1,"lock":"locked"}`);
    const { stdout: answer } = await run(path.mosquitto_rr, [
      // It would speak MQTT 5 else, which this broker does not.
      ...["-V", "mqttv311"],
      ...as(rig, "desk"),
      ...["-t", "gw/v1/client/desk/site/hq/req", "-e", "gw/v1/client/desk/site/hq/res", "-W", "5"],
      ...["-m", `{"id":"1","op":"door.unlock","door":"front","ms":5000}`],
    ]);
    expect(JSON.parse(answer)).toEqual({ id: "1", status: "ok" });
  });

  test("a wrong key is refused with a reason", async () => {
    const rig = await brokerRig();
    rig.accounts.device("side-reader");
    const options = as(rig, "side-reader").map((word) => (word.endsWith("-key") ? "wrong" : word));
    const refused = run(path.mosquitto_pub, [
      ...options,
      "-t",
      "gw/v1/device/side-reader/up/scan",
      "-m",
      "{}",
    ]);
    await expect(refused).rejects.toThrow(/bad user name or password/i);
  });
});
