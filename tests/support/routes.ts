import type { Hono } from "hono";

export interface Route {
  readonly method: string;
  /** With `x` in the place of every parameter. */
  readonly path: string;
}

/** Every route of the app, as it stands in the router. */
export function routesOf(app: Hono): Route[] {
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+/g, "x") }));
  return routes.filter(({ method, path }, i) =>
    routes.findIndex((it) => it.method === method && it.path === path) === i
  );
}
