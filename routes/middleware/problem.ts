import type { Context } from "hono";

/** What is wrong with a request of a program (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 431 | 500 | 503;
  /** How it could be set right. */
  readonly detail?: string;
}

export function problem(c: Context, { title, status, detail }: Problem): Response {
  const type = { "Content-Type": "application/problem+json" };
  return c.json({ title, status, ...detail ? { detail } : {} }, status, type);
}

/** Whether only programs ask here: they get no pages. */
export function isForPrograms(c: Context): boolean {
  return c.req.path.startsWith("/api/");
}
