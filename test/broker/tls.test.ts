import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type SecureVersion } from "node:tls";
import { connectAsync } from "mqtt";
import { describe, expect, test } from "vitest";
import { startBroker } from "../../gateway/broker/broker.js";
import { connectPacket } from "./packets.js";
import { atEnd, closed, heard, root, site, TestAccounts, until } from "./rig.js";

/** Not a package: whatever the system has. */
const tool = "openssl";

function openssl(): string | undefined {
  try {
    return execFileSync(tool, ["version"], { encoding: "utf8" });
  } catch {
    return undefined;
  }
}

/** A key and a certificate of its own for 127.0.0.1, as PEM. */
function selfSigned(): { key: string; cert: string } {
  const dir = mkdtempSync(join(tmpdir(), "gatewarden-tls-"));
  try {
    const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
    const subject = ["-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync(tool, ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function secureBroker(limits = {}) {
  const tls = selfSigned();
  const accounts = new TestAccounts();
  const broker = await startBroker({
    root,
    site,
    accounts,
    limits,
    listeners: [
      { host: "127.0.0.1", port: 0 },
      { host: "127.0.0.1", port: 0, tls },
    ],
    onRequest: async () => "{}",
    onNote: () => {},
  });
  atEnd(() => broker.stop());
  const port = broker.addresses[1]?.port ?? 0;
  const client = async (id: string) => {
    const mqtt = await connectAsync(`mqtts://127.0.0.1:${port}`, {
      clientId: id,
      username: id,
      password: `${id}-key`,
      ca: tls.cert,
      reconnectPeriod: 0,
    });
    mqtt.on("error", () => {});
    atEnd(() => mqtt.endAsync(true));
    return mqtt;
  };
  return { broker, accounts, port, tls, client };
}

describe.skipIf(openssl() === undefined)("the encrypted listener (skipped where there is no openssl)", () => {
  test("serves devices whose trust it has, beside the plain one", async () => {
    const { broker, accounts, client } = await secureBroker();
    expect(broker.addresses.map(({ host, tls }) => [host, tls])).toEqual([
      ["127.0.0.1", false],
      ["127.0.0.1", true],
    ]);
    accounts.device("r1");
    const ups: string[] = [];
    broker.bus.onUp(({ device, payload }) => ups.push(`${device} ${payload.length}`));
    const device = await client("r1");
    await until(() => broker.bus.isOnline("r1"));
    const messages = heard(device);
    await device.publishAsync("gw/v1/device/r1/up/scan", Buffer.alloc(40_000), { qos: 1 });
    expect(ups).toEqual(["r1 40000"]);
    await broker.bus.sendDown("r1", "cmd", "x".repeat(100_000), 1);
    await until(() => messages.length === 1);
    const gone = closed(device);
    broker.bus.reset("r1");
    expect(broker.bus.isOnline("r1")).toBe(false);
    expect(await gone).toBeLessThan(1_000);
    await until(() => broker.stats().connections === 0);
  });

  test("speaks nothing older than TLS 1.2", async () => {
    const { port, tls } = await secureBroker();
    const version = (maxVersion: SecureVersion): Promise<string | null> =>
      new Promise((resolve, reject) => {
        const ciphers = "DEFAULT@SECLEVEL=0";
        const socket = connectTls({
          host: "127.0.0.1",
          port,
          ca: tls.cert,
          minVersion: "TLSv1",
          maxVersion,
          ciphers,
        });
        socket.once("secureConnect", () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.once("error", reject);
      });
    await expect(version("TLSv1.1")).rejects.toThrow();
    expect(await version("TLSv1.2")).toBe("TLSv1.2");
    expect(await version("TLSv1.3")).toBe("TLSv1.3");
  });

  test("a handshake that stands still, or is none, ends in time and holds no place", async () => {
    const { broker, port } = await secureBroker({ connectWithinMs: 200 });
    const silent = connectTcp(port, "127.0.0.1");
    const plain = connectTcp(port, "127.0.0.1", () => plain.write(connectPacket("r1")));
    for (const socket of [silent, plain]) {
      socket.on("error", () => {});
      socket.resume();
    }
    const ends = await Promise.all([closed(silent), closed(plain)]);
    expect(Math.max(...ends)).toBeLessThan(1_000);
    await until(() => broker.stats().unauthenticated === 0);
  });
});
