import { Hono } from "hono";
import { compress } from "hono/compress";
import { assets } from "../../views/assets.ts";

export function assetRoutes() {
  const routes = new Hono();

  // Pages are not compressed: beside what somebody else chose, a secret would show in their length.
  const compressed = compress();
  routes.use("/assets/:name", (c, next) => {
    return assets.has(c.req.param("name")) ? compressed(c, next) : next();
  });

  // A fixed table, not a folder: there is no path to walk out of.
  routes.get("/assets/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    if (!asset) return c.notFound();
    return c.body(asset.body, 200, {
      "Content-Type": asset.type,
      "Cache-Control": "public, max-age=31536000, immutable",
    });
  });

  return routes;
}
