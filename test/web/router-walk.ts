/** Every route of an app, out of its router itself, however deep. */
import type { Express } from "express";
import type { Access, Guard } from "../../web/server/guard.js";

interface Layer {
  readonly route?: {
    readonly path: string;
    readonly stack: readonly { readonly method?: string; readonly handle: Partial<Guard> }[];
  };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

export interface WalkedRoute {
  readonly method: string;
  /** Below `/api/v1`, as Express writes it. */
  readonly path: string;
  /** undefined: it does not say for whom it is. */
  readonly access: Access | undefined;
}

export function routesOf(app: Express): WalkedRoute[] {
  return walked((app.router as unknown as { readonly stack: readonly Layer[] }).stack).filter(
    // The last way out to the pages: no route of the API, and the same for everybody.
    ({ path }) => path.startsWith("/") && !path.startsWith("/^"),
  );
}

function walked(layers: readonly Layer[]): WalkedRoute[] {
  return layers.flatMap(({ route, handle }): WalkedRoute[] => {
    if (!route) return walked(handle?.stack ?? []);
    const method = (route.stack[0]?.method ?? "all").toUpperCase();
    return [{ method, path: String(route.path), access: route.stack[0]?.handle.access }];
  });
}
