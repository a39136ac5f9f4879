import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import type { Route } from "./route.js";
import { problem } from "./schemas/common.js";

/** The API as OpenAPI 3.1, out of the very schemas that the routes read by. */
export function openApiOf(routes: readonly Route[], version: string, tls: boolean): object {
  const registry = new OpenAPIRegistry();
  const cookie = registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: tls ? "__Host-gatewarden" : "gatewarden",
  });
  const bearer = registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  const bytes = {
    "application/octet-stream": { schema: { type: "string", format: "binary" } },
  } as const;
  const refusals = {
    description: "Why not",
    content: { "application/problem+json": { schema: problem } },
  };
  for (const { method, path, says, tag, access, fresh, params, query, body, bodyBytes, answer } of routes) {
    registry.registerPath({
      method,
      path: path.replace(/:(\w+)/g, "{$1}"),
      operationId: `${method}${path.replace(/[/:-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary: says,
      tags: [tag],
      description: [
        typeof access === "object" ? `Needs ${access.permission}.` : "",
        fresh ? "Needs a fresh sign-in." : "",
      ]
        .filter((each) => each !== "")
        .join(" "),
      security: access === "anyone" ? [] : [{ [cookie.name]: [] }, { [bearer.name]: [] }],
      request: {
        ...(params ? { params } : {}),
        ...(query ? { query } : {}),
        ...(body ? { body: { required: true, content: { "application/json": { schema: body } } } } : {}),
        ...(bodyBytes === "bytes" ? { body: { required: true, content: bytes } } : {}),
      },
      responses: {
        ...(answer === "nothing"
          ? { 204: { description: "Done" } }
          : answer === "stream"
            ? {
                200: { description: "Without end", content: { "text/event-stream": { schema: z.string() } } },
              }
            : { 200: { description: "Done", content: { "application/json": { schema: answer } } } }),
        default: refusals,
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { title: "Gatewarden", version, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/api/v1" }],
  });
}
