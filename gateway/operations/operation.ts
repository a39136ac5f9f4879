import type { z } from "zod";
import type { Permission } from "../accounts/permissions.js";
import type { Fault, Operator, Performed, Refusal } from "../ports.js";
import type { HouseParts } from "./house-parts.js";

/** One thing that can be done to the gateway; the same for command line, API and MQTT clients. */
export interface Operation<Params = unknown> {
  /** `door.unlock`: what it concerns and what is done. */
  readonly name: string;
  readonly permission: Permission;
  readonly params: z.ZodType<Params>;
  /** Changes something, so that a refusal for want of permission is logged too. */
  readonly acts: boolean;
  run(house: HouseParts, operator: Operator, params: Params): Promise<Performed>;
}

/** Keeps the type of `params` inside the definition and hides it outside. */
export function operation<Params>(definition: Operation<Params>): Operation {
  return definition as unknown as Operation;
}

export function done(result: unknown): Performed {
  return { ok: true, result };
}

export function refused(
  code: Refusal["code"],
  message: string,
  faults?: readonly Fault[],
): Extract<Performed, { ok: false }> {
  return { ok: false, refusal: { code, message, ...(faults === undefined ? {} : { faults }) } };
}
