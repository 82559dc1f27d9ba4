/** Keeps an answer that depends on cookies out of caches; returns it, or a copy if it is fixed. */
export function privateAnswer(answer: Response): Response {
  let { headers } = answer;
  let changed = answer;
  try {
    headers.set("Cache-Control", "private, no-store");
  } catch { // those of a redirect or of `fetch` cannot be changed
    changed = new Response(answer.body, answer);
    headers = changed.headers;
    headers.set("Cache-Control", "private, no-store");
  }
  // An answer that one app took from another has it already.
  if (!/\bcookie\b/i.test(headers.get("Vary") ?? "")) headers.append("Vary", "Cookie");
  return changed;
}
