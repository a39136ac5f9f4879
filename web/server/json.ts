import type { RequestHandler } from "express";
import express from "express";
import { sendProblem } from "./problems.js";

/** Deeper than any document of this house; deeper still only wants to hurt. */
const deepest = 32;

/** A JSON body of at most `limit` bytes, neither too deep nor with keys that reach for prototypes. */
export function jsonBody(limit: number): RequestHandler[] {
  return [
    express.json({ limit, strict: false, type: "application/json", inflate: false }),
    (request, response, next) => {
      const fault = bodyFault(request.body);
      if (fault === undefined) return next();
      sendProblem(response, { status: 400, code: "invalid", detail: fault });
    },
  ];
}

/** Walks level by level, so that depth costs no stack. */
function bodyFault(body: unknown): string | undefined {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return `the body is nested deeper than ${deepest} levels`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (Object.hasOwn(value, "__proto__")) return "a key may not be called __proto__";
      for (const child of Object.values(value))
        if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
  return undefined;
}
