import { Hono } from "hono";
import { compress } from "hono/compress";
import { assets } from "../../views/assets.ts";

export function assetRoutes() {
  const routes = new Hono();

  // Assets only: the compressed length of a page could reveal a secret in it (BREACH).
  const compressed = compress();
  routes.use("/assets/:name", (c, next) => {
    return assets.has(c.req.param("name")) ? compressed(c, next) : next();
  });

  // A fixed table instead of a folder: no path traversal.
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
