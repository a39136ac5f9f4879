import type { Request, RequestHandler, Response, Router } from "express";
import express from "express";
import { z } from "zod";
import type { Performed, Refusal } from "../../gateway/ports.js";
import { notFresh } from "./fresh.js";
import { type Access, type Doorman, guard, type Identity, identityOf } from "./guard.js";
import { jsonBody } from "./json.js";
import type { WebParts } from "./parts.js";
import { notSignedIn, type Problem, problemOf, sendProblem } from "./problems.js";
import { limited } from "./rates.js";

type Method = "get" | "post" | "put" | "delete";

/** A request, read. */
interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The body as it came, where the route takes bytes; else empty. */
  readonly bytes: Uint8Array;
  readonly request: Request;
  readonly response: Response;
}

/** What is not done is answered so; expected refusals are values. */
export class Refusing {
  readonly problem: Problem;
  constructor(problem: Problem) {
    this.problem = problem;
  }
}

/** The route has answered itself. */
export const answered = Symbol("answered");

interface Common<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: Method;
  /** As Express writes it: `/people/:id`. */
  readonly path: string;
  /** What it does, in one line. */
  readonly says: string;
  /** The heading it stands under in the description. */
  readonly tag: string;
  /** Only who has just proved who they are; `enrolling`: also while a second factor is overdue. Or what says why not. */
  readonly fresh?: "always" | "enrolling" | ((who: Identity, parts: WebParts) => Problem | undefined);
  /** Counts against the address's sign-ins. */
  readonly signsIn?: true;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How long a body may be; default 16 kB, "large" what the gateway takes at most; "bytes" as much, of anything, as it is. */
  readonly bodyBytes?: "large" | "bytes";
  /** The answer's shape; "nothing": 204; "stream": server-sent events. */
  readonly answer: z.ZodType | "nothing" | "stream";
}

interface Known<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> extends Common<P, Q, B> {
  readonly access: Exclude<Access, "anyone">;
  run(
    asked: Asked<z.output<P>, z.output<Q>, z.output<B>> & { readonly who: Identity },
    parts: WebParts,
  ): unknown;
}

interface Open<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> extends Common<P, Q, B> {
  readonly access: "anyone";
  run(
    asked: Asked<z.output<P>, z.output<Q>, z.output<B>> & { readonly who: Identity | undefined },
    parts: WebParts,
  ): unknown;
}

type AnyObject = z.ZodObject;
export type Route = Known<AnyObject, AnyObject, z.ZodType> | Open<AnyObject, AnyObject, z.ZodType>;

const none = z.strictObject({});
const smallBody = 16 * 1024;
const longestPiece = 4 * 1024 * 1024;

/** Keeps the types of params, query and body inside the definition and hides them outside. */
export function route<
  P extends z.ZodObject = typeof none,
  Q extends z.ZodObject = typeof none,
  B extends z.ZodType = typeof none,
>(definition: Known<P, Q, B>): Route {
  return definition as unknown as Route;
}

/** A route for anyone: what comes in through it is what signing in is made of. */
export function openRoute<
  P extends z.ZodObject = typeof none,
  Q extends z.ZodObject = typeof none,
  B extends z.ZodType = typeof none,
>(definition: Omit<Open<P, Q, B>, "access">): Route {
  return { ...definition, access: "anyone" } as unknown as Route;
}

/** Every route with its guard in front. */
export function mount(router: Router, routes: readonly Route[], parts: WebParts, doorman: Doorman): void {
  const slow = limited(parts.signIns, parts.clock);
  for (const each of routes) {
    const handlers: RequestHandler[] = [
      guard(each.access, doorman),
      ...(each.signsIn ? [slow] : []),
      ...(each.method === "get" ? [] : bodyOf(each, parts)),
      (request, response) => handle(each, request, response, parts),
    ];
    router[each.method](each.path, ...handlers);
  }
}

function bodyOf({ bodyBytes }: Route, parts: WebParts): RequestHandler[] {
  if (bodyBytes === "bytes") {
    return [express.raw({ limit: longestPiece, type: "application/octet-stream", inflate: false })];
  }
  return jsonBody(bodyBytes === "large" ? parts.bodyBytes : smallBody);
}

async function handle(each: Route, request: Request, response: Response, parts: WebParts): Promise<void> {
  const who = identityOf(request);
  // The guard before has answered already; this holds if the two ever disagree.
  if (!who && each.access !== "anyone") return sendProblem(response, notSignedIn);
  if (each.fresh && who) {
    const { fresh } = each;
    const problem =
      typeof fresh === "function" ? fresh(who, parts) : notFresh(who, parts, fresh === "enrolling");
    if (problem) return sendProblem(response, problem);
  }
  const params = (each.params ?? none).safeParse(request.params);
  const query = (each.query ?? none).safeParse({ ...request.query });
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = (each.body ?? none).safeParse(Buffer.isBuffer(request.body) ? {} : (request.body ?? {}));
  if (!params.success || !query.success || !body.success) {
    const issues = [params, query, body].flatMap(({ error }) => error?.issues ?? []);
    return sendProblem(response, unreadable(issues));
  }
  const asked = { params: params.data, query: query.data, body: body.data, bytes, request, response, who };
  // `Known` and `Open` differ in `who` alone, which was looked at above.
  const answer: unknown = await (each as Open<AnyObject, AnyObject, z.ZodType>).run(asked, parts);
  if (answer === answered) return;
  if (answer instanceof Refusing) return sendProblem(response, answer.problem);
  if (each.answer === "nothing") response.status(204).end();
  else response.json(answer);
}

function unreadable(issues: readonly z.core.$ZodIssue[]): Problem {
  const faults = issues
    .flatMap((issue) => (issue.code === "invalid_union" ? nearest(issue.errors) : [issue]))
    .slice(0, 10)
    .map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  return { status: 400, code: "invalid", detail: "the request is not right", faults };
}

/** Of the shapes that a body may have, the one that it came closest to. */
function nearest(errors: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return [...errors].sort((a, b) => a.length - b.length)[0] ?? [];
}

export function refuse(problem: Problem): Refusing {
  return new Refusing(problem);
}

export function refused(refusal: Refusal): Refusing {
  return new Refusing(problemOf(refusal));
}

export const notThere = (what: string): Refusing =>
  new Refusing({ status: 404, code: "not-found", detail: `there is no such ${what}` });

/** What an operation came to: its result, or why not. */
export async function perform(
  parts: Pick<WebParts, "operations">,
  who: Identity,
  name: string,
  params: unknown,
): Promise<unknown> {
  const performed: Performed = await parts.operations.perform(who.operator, name, params);
  return performed.ok ? performed.result : refused(performed.refusal);
}

export const iso = (at: number): string => new Date(at).toISOString();
