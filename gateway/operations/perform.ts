import { may } from "../accounts/permissions.js";
import type { Fault, Operations, Operator, Performed } from "../ports.js";
import { accessOperations } from "./access-operations.js";
import { accountOperations } from "./account-operations.js";
import { alarmOperations } from "./alarm-operations.js";
import { busOperations } from "./bus-operations.js";
import { rememberedAnswer } from "./client-answer.js";
import { credentialOperations } from "./credential-operations.js";
import { deviceOperations } from "./device-operations.js";
import { doorOperations } from "./door-operations.js";
import { emergencyOperations } from "./emergency-operations.js";
import { houseOperations } from "./house-operations.js";
import type { HouseParts } from "./house-parts.js";
import { incidentOperations } from "./incident-operations.js";
import { journalOperations } from "./journal-operations.js";
import { leaverOperations } from "./leaver-operations.js";
import { letInOperations } from "./let-in-operations.js";
import { musterOperations } from "./muster-operations.js";
import { type Operation, refused } from "./operation.js";
import { passbackOperations } from "./passback-operations.js";
import { importOperations } from "./people-import.js";
import { peopleOperations } from "./people-operations.js";
import { pinOperations } from "./pin-operations.js";
import { siteOperations } from "./site-operations.js";
import { statusOperations } from "./status-operations.js";
import { visitorOperations } from "./visitor-operations.js";

/** Everything that can be done, whoever asks and however. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    ...statusOperations,
    ...siteOperations,
    ...accessOperations,
    ...peopleOperations,
    ...letInOperations,
    ...credentialOperations,
    ...pinOperations,
    ...visitorOperations,
    ...leaverOperations,
    ...importOperations,
    ...accountOperations,
    ...busOperations,
    ...deviceOperations,
    ...doorOperations,
    ...houseOperations,
    ...alarmOperations,
    ...incidentOperations,
    ...emergencyOperations,
    ...musterOperations,
    ...passbackOperations,
    ...journalOperations,
  ].map((each) => [each.name, each]),
);

const mostFaultsShown = 200;

/** The one way in: permission first, then the input, then the deed. Never throws; what went wrong inside is logged, not shown. */
export function operationsOf(house: HouseParts): Operations {
  return {
    async perform(operator: Operator, name: string, params: unknown): Promise<Performed> {
      const found = operations.get(name);
      if (!found) return refused("unknown-operation", `there is no operation "${name.slice(0, 64)}"`);
      const performed = await attempt(house, found, operator, params);
      if (!performed.ok && found.acts) auditRefusal(house, operator, name, performed);
      return performed;
    },
  };
}

async function attempt(
  house: HouseParts,
  wanted: Operation,
  operator: Operator,
  params: unknown,
): Promise<Performed> {
  const { name } = wanted;
  if (!may(operator, wanted.permission)) return refused("forbidden", `${operator.role}s may not do ${name}`);
  const parsed = wanted.params.safeParse(params ?? {});
  if (!parsed.success) {
    const faults: Fault[] = parsed.error.issues
      .slice(0, mostFaultsShown)
      .map((issue) => ({ path: pathOf(issue.path), message: issue.message }));
    return refused("invalid", `${name}: the request cannot be read`, faults);
  }
  try {
    return await wanted.run(house, operator, parsed.data);
  } catch (error) {
    house.log.error({ err: error, operation: name }, "an operation failed");
    return refused("unavailable", `${name} could not be done; the gateway's log says why`);
  }
}

/**
 * Who tried what they may not is always logged. Of a client every refusal is, with the answer that a repeat will get; what the
 * building itself refused is in the log already, with its reason.
 */
export function auditRefusal(
  house: HouseParts,
  operator: Operator,
  name: string,
  performed: Extract<Performed, { ok: false }>,
): void {
  const { code } = performed.refusal;
  if (code === "refused" || !(code === "forbidden" || operator.requestId !== undefined)) return;
  house.engine.note(
    {
      type: "audit.refused",
      by: operator.actor,
      reason: code,
      data: { operation: name, role: operator.role },
    },
    rememberedAnswer(operator, performed),
  );
}

/** `doors[2].lock`, as a person writes it. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`,
    )
    .join("");
}
