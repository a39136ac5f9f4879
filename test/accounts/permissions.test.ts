import { describe, expect, test } from "vitest";
import { may, permissions, permissionsOf } from "../../gateway/accounts/permissions.js";
import { type Role, roles } from "../../gateway/ports.js";

const as = (role: Role, discreet = false) => ({ role, discreet });

describe("what each role may", () => {
  test("an owner may everything, a device nothing", () => {
    for (const permission of permissions) {
      expect(may(as("owner", true), permission), permission).toBe(true);
      expect(may(as("device", true), permission), permission).toBe(false);
    }
  });

  test("what is not in the table is not allowed, whoever asks", () => {
    for (const role of roles) {
      for (const stranger of ["", "door.*", "doors.destroy", "constructor", "__proto__", "toString"]) {
        expect(may(as(role, true), stranger), `${role} ${stranger}`).toBe(false);
      }
    }
    expect(permissionsOf("intruder" as Role).size).toBe(0);
    expect(permissionsOf("__proto__" as Role).size).toBe(0);
    expect(may(as("constructor" as Role), "door.unlock")).toBe(false);
  });

  test("hold-up and duress are seen only by accounts that are discreet and of a role that may be", () => {
    expect(may(as("guard", true), "discreet")).toBe(true);
    expect(may(as("guard", false), "discreet")).toBe(false);
    expect(may(as("owner", false), "discreet")).toBe(false);
    expect(may(as("viewer", true), "discreet")).toBe(false);
  });

  // The MQTT contract, "Clients"; and whoever sits at the desk sees in the web who was let in.
  test.each([
    ["viewer", []],
    ["guard", ["events.access", "events.door", "events.alarm", "events.safety"]],
    ["manager", ["events.door", "events.alarm", "events.safety", "events.access"]],
  ] as const)("a %s reads the events that it is given, and no others", (role, readable) => {
    const events = permissions.filter((each) => each.startsWith("events.") || each === "audit.read");
    expect(events.filter((each) => may(as(role), each)).sort()).toEqual([...readable].sort());
  });

  test.each(["auditor", "central"] as const)(
    "an %s reads all events, and names are for the auditor only",
    (role) => {
      const events = permissions.filter((each) => each.startsWith("events.") || each === "audit.read");
      for (const each of events) expect(may(as(role), each), each).toBe(true);
      expect(may(as(role), "names.read")).toBe(role === "auditor");
    },
  );

  test("a token's scopes take away from the role, and never add to it", () => {
    const scoped = { ...as("guard", true), scopes: ["door.unlock", "site.write", "discreet"] };
    expect(may(scoped, "door.unlock")).toBe(true);
    expect(may(scoped, "door.mode")).toBe(false);
    expect(may(scoped, "site.write")).toBe(false);
    expect(may({ ...scoped, discreet: false }, "discreet")).toBe(false);
    expect(may({ ...as("owner"), scopes: [] }, "status.read")).toBe(false);
  });

  test("only an owner manages accounts, and an auditor changes nothing", () => {
    const changing = permissions.filter(
      (each) => !each.endsWith(".read") && !/^(events\.|discreet)/.test(each),
    );
    expect(changing.filter((each) => may(as("auditor"), each))).toEqual([]);
    expect(roles.filter((role) => may(as(role), "accounts.write"))).toEqual(["owner"]);
    expect(roles.filter((role) => may(as(role), "owner.claim"))).toEqual(["owner"]);
  });
});
