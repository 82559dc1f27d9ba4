import { SECOND } from "../time.ts";
import { unreachable } from "./failure.ts";
import type { ProviderFailure } from "./provider.ts";

/** For the headers and the body together, in milliseconds. */
const DEADLINE = 5 * SECOND;
/** In bytes. */
const MAX_BODY = 256 * 1024;

export interface ProviderAnswer {
  readonly ok: true;
  readonly status: number;
  /** The JSON of the body; undefined when it is none. */
  readonly json: unknown;
}

export type ObjectResult =
  | { readonly ok: true; readonly object: Readonly<Record<string, unknown>> }
  | ProviderFailure;

/** The request of one exchange: it follows no redirect, and ends at the deadline. */
export type BoundedFetch = (url: string, init: BoundedInit) => Promise<Response>;

type BoundedInit = Omit<RequestInit, "body"> & { readonly body?: BodyInit | null | undefined };

/**
 * Asks a provider once. Neither its server nor the body of its answer can hold the site up: a slow
 * one, a large one and an error of the server (5xx) are failures.
 *
 * @param what Names the question in the log, such as `the keys`.
 */
export async function askProvider(
  what: string,
  request: typeof globalThis.fetch,
  send: (request: BoundedFetch) => Promise<Response>,
): Promise<ProviderAnswer | ProviderFailure> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), DEADLINE);
  const bounded: BoundedFetch = (url, init) =>
    request(url, { ...init, body: init.body ?? null, redirect: "manual", signal: late.signal });
  try {
    const response = await send(bounded);
    const { status } = response;
    const text = await readBody(response);
    if (status >= 500) return unreachable(`${what} answered ${status}`);
    if (text === null) return unreachable(`${what} answered more than ${MAX_BODY} bytes`);
    return { ok: true, status, json: parseJson(text) };
  } catch (error) {
    if (late.signal.aborted) {
      return { ok: false, reason: "too_slow", detail: `${what} did not answer in time` };
    }
    return unreachable(`${what}: ${reasonOf(error).slice(0, 200)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for a JSON object; any other answer, and any status but 200, is a failure. */
export async function askForObject(
  ...question: Parameters<typeof askProvider>
): Promise<ObjectResult> {
  const [what] = question;
  const answer = await askProvider(...question);
  if (!answer.ok) return answer;
  if (answer.status !== 200) return unreachable(`${what} answered ${answer.status}`);
  if (!isObject(answer.json)) return unreachable(`${what} answered no JSON object`);
  return { ok: true, object: answer.json };
}

/** Whether a value of JSON is an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole body as text; null when it is too large. */
async function readBody(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Deno says in the cause what failed: the name, the connection or the certificate. */
function reasonOf(error: unknown): string {
  const hasCause = error instanceof Error && error.cause instanceof Error;
  return hasCause ? String(error.cause) : String(error);
}
