/** The gateway's own supply runs out, as a story. */
import { expect, test } from "vitest";
import { aNight, armedNight, sensor } from "./armed-office.js";
import { point } from "./small-office.js";

const ups = sensor("ups", "UPS contact", 20, { type: "ups", role: "24-hour" });

const failSafe = {
  point: point("workshop-lock/lock/1"),
  kind: "fail-safe",
  mechanicalEgress: true,
  wiredRelease: false,
} as const;

test("the gateway's supply is low for 10 s: fail-secure doors are locked, fail-safe ones open, and the next start says why", () => {
  const story = aNight({
    sensors: [ups],
    office: { doors: { workshop: { lock: failSafe }, front: { mode: "free" } } },
  });
  story.sensor("ups", true).wait(4).sensor("ups", false).wait(20);
  story.sensor("ups", true).wait(9).wait(1).restart(60).sensor("ups", true, { edge: false }).wait(60);
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    20:00:00  UPS contact: active
              UPS contact says that the gateway's own supply is nearly used up
    20:00:04  UPS contact: quiet
              UPS contact says that the gateway's own supply is well again
    20:00:24  UPS contact: active
              UPS contact says that the gateway's own supply is nearly used up
    20:00:34  …
              the gateway stops: UPS contact says that its supply is used up; fail-safe doors are open, the others locked
              → lock front; hold workshop unlocked
    20:01:34  the gateway starts after 60 s
              the gateway started (version 1.0.0) after 60 s; it had stopped because UPS contact told that its supply was used up
              → hold front unlocked; lock workshop; lock front
    20:01:34  UPS contact: active
    20:02:34  …
              panel is lost
              front-lock is lost
              front-reader is lost
              workshop-lock is lost
              workshop-reader is lost
              server-lock is lost
              server-reader is lost
              turnstile-lock is lost
              turnstile-reader is lost
              fire input Smoke detectors cannot be read
    "
  `);
});

test("a supply that is on test or left out stops nothing, and what is armed stays so through it all", () => {
  const onTest = aNight({ sensors: [ups] });
  onTest
    .asks({ op: "alarm.test", zone: "ups", until: onTest.now + 3_600_000 })
    .sensor("ups", true)
    .wait(60);
  const leftOut = aNight({ sensors: [ups] })
    .sensor("ups", true)
    .asks({ op: "zone.bypass", zone: "ups", until: "removed" })
    .wait(60);
  for (const story of [onTest, leftOut]) expect(story.transcript).not.toContain("the gateway stops");
  const armed = armedNight({ sensors: [ups] })
    .sensor("ups", true)
    .wait(10);
  expect(armed.transcript).toContain("the gateway stops");
  expect(armed.restart(300).state.partitions.get("ground")?.is).toBe("armed");
});
