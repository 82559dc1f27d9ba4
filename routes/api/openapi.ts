import type { OpenAPIHono } from "@hono/zod-openapi";
import { API_REQUESTS } from "../../lib/throttle/rate_limit.ts";
import { languages } from "../../views/text/languages.ts";
import { newApi } from "../api_operation.ts";
import type { Services } from "../services.ts";

/** The API: its parts, and the document that describes them (OpenAPI 3.1), which is public. */
export function openApiRoutes(
  { config }: Pick<Services, "config">,
  parts: readonly OpenAPIHono[],
) {
  const api = newApi();
  for (const part of parts) api.route("/", part);

  api.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "lk_…",
    description: "An API token, from the page /account/api-tokens",
  });
  api.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: config.origin.startsWith("https:") ? "__Host-session" : "session",
    description: "The session of a browser that is logged in",
  });

  const document = {
    openapi: "3.1.0",
    info: {
      title: languages[0].siteName,
      version: "1",
      description: `The account of a user, for their own programs. A token has ${API_REQUESTS} ` +
        "requests a minute.",
    },
    servers: [{ url: config.origin }],
  };
  let made: ReturnType<typeof api.getOpenAPI31Document> | null = null;
  api.get("/api/openapi.json", (c) => c.json(made ??= api.getOpenAPI31Document(document)));
  return api;
}
