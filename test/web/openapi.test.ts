import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, type House, openHouse, password, signedIn } from "./house.js";
import { routesOf } from "./router-walk.js";

interface Described {
  readonly summary?: string;
  readonly operationId?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

let house: House;
let document: {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

beforeAll(async () => {
  house = await openHouse();
  await house.accounts.addOperator("vic", "viewer", { password });
  document = (await ask(house, await signedIn(house, "vic"), "GET", "/openapi.json")).body;
});

afterAll(() => house.stop());

describe("the description of the API", () => {
  test("is OpenAPI 3.1 and describes every route of the router, and no other", () => {
    expect(document.openapi).toBe("3.1.0");
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = routesOf(house.app).map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    expect(described.sort()).toEqual(routed.sort());
  });

  test("says of each what it does, who may, what it takes and what it answers", () => {
    const ids = new Set<string>();
    for (const { method, path, access } of routesOf(house.app)) {
      const own = document.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
      expect(own?.summary, path).toBeTruthy();
      expect(own?.security.length === 0, path).toBe(access === "anyone");
      const inPath = (own?.parameters ?? []).filter((each) => each.in === "path").map(({ name }) => name);
      expect(inPath, path).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
      expect(Object.keys(own?.responses ?? {}), path).toEqual([expect.stringMatching(/^20[04]$/), "default"]);
      ids.add(own?.operationId ?? "");
    }
    expect(ids.size).toBe(routesOf(house.app).length);
  });

  test("every reference in it leads somewhere", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name = ""] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});
