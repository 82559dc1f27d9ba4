import { zValidator } from "@hono/zod-validator";
import type { Context } from "hono";
import { z } from "zod";
import { canonicalEmail } from "../lib/account/email.ts";
import { longestName } from "../lib/account/user.ts";
import type { Problems } from "../views/form.tsx";
import type { FieldProblem } from "../views/text/en.ts";

/** Control and bidirectional characters, line breaks and invisible ones: they can only mislead. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** A text field that came exactly once. The messages of these checks are words, not sentences. */
export const text = z.string({
  error: ({ input }) => problem(input === undefined ? "missing" : "once"),
});

export const nameField = text.trim().normalize("NFC").min(1, problem("missing"))
  .refine((name) => [...name].length <= longestName, problem("name_too_long"))
  .refine((name) => !unprintable.test(name), problem("name_unprintable"));

export const emailField = text.trim().min(1, problem("missing"))
  .refine((email) => canonicalEmail(email) !== null, problem("email_invalid"));

/** A password: whether it may be set is for the policy to say. */
export const passwordField = text.min(1, problem("missing"));

/** What was typed, to be shown again. Passwords are never asked for. */
export type Typed = (name: string) => string | undefined;

/**
 * Validates a form. One that has problems is answered by `refuse`, with the first problem of each
 * field and what was typed. What fields alone cannot tell is for `judge`, which is asked beside them, so
 * that all problems are told at once.
 */
export function form<Shape extends z.ZodRawShape>(
  shape: Shape,
  refuse: (
    c: Context,
    problems: Problems<keyof Shape & string>,
    typed: Typed,
  ) => Response | Promise<Response>,
  judge: (typed: Typed, c: Context) => Promise<Problems<keyof Shape & string>> = () =>
    Promise.resolve({}),
) {
  return zValidator("form", z.object(shape), async (result, c) => {
    const problems: Problems = {};
    for (const { path, message } of result.success ? [] : result.error.issues) {
      problems[String(path[0])] ??= message as FieldProblem;
    }
    const input = result.data as Record<string, unknown>;
    const typed: Typed = (name) => typeof input[name] === "string" ? input[name] : undefined;
    const judged = await judge(typed, c as Context);
    const all = { ...judged, ...problems } as Problems<keyof Shape & string>;
    return Object.keys(all).length > 0 ? await refuse(c as Context, all, typed) : undefined;
  });
}

/** Lets the compiler see that there is a sentence for the word. */
function problem(word: FieldProblem): FieldProblem {
  return word;
}
