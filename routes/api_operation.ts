import { OpenAPIHono, z } from "@hono/zod-openapi";
import { problem } from "./middleware/problem.ts";

/** A part of the API, whose routes describe themselves in `/api/openapi.json`. */
export function newApi(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const names = result.error.issues.map(({ path }) => path.join("."));
      const detail = `Not understood: ${[...new Set(names)].join(", ")}`;
      return problem(c, { title: "Bad request", status: 400, detail });
    },
  });
}

const problemSchema = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
}).openapi("Problem", { description: "What is wrong (RFC 9457)" });

const quotaHeaders = {
  "RateLimit-Policy": {
    description: "How many requests a token has in how many seconds; not with a session",
    schema: { type: "string" as const },
  },
  "RateLimit": {
    description: "How many requests are left, and the seconds until there are more",
    schema: { type: "string" as const },
  },
};

/** An answer with JSON of this schema. */
export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, headers: quotaHeaders, content: { "application/json": { schema } } };
}

function problemAnswer(description: string) {
  return { description, content: { "application/problem+json": { schema: problemSchema } } };
}

/** Refusals of every operation. */
export const refusals = {
  401: problemAnswer("Neither a session nor a token that works"),
  403: problemAnswer("The token lacks the scope, or the account needs something first"),
  429: problemAnswer("Too many requests with this token; `Retry-After` says when to come back"),
};

export const badRequest = { 400: problemAnswer("A parameter that is not understood") };
export const notFound = { 404: problemAnswer("Nothing here, or it belongs to somebody else") };

/** How an operation is authenticated: by the cookie of a session, or by a token with the scope. */
export function authenticatedBy(scope: string) {
  return [{ token: [scope] }, { session: [] }];
}
