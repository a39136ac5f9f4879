import { userInfo } from "node:os";
import type { Account, Operator } from "../ports.js";

/** Who may read the data folder may do everything with it; the log names the user of the operating system. */
export function localAdministrator(): Operator {
  return { actor: { kind: "operator", id: `local:${osUser()}` }, role: "owner", discreet: true };
}

export function operatorOf(account: Account): Operator {
  return {
    actor: { kind: account.kind, id: account.id },
    role: account.role,
    discreet: account.discreet,
  };
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no name belongs to.
    return String(process.getuid?.() ?? "unknown");
  }
}
