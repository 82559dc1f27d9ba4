import { zValidator } from "@hono/zod-validator";
import type { Context } from "hono";
import { z } from "zod";
import { canonicalEmail } from "../lib/account/email.ts";
import { judgePassword } from "../lib/account/password_policy.ts";
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

/** A password that is about to be set. */
export function newPasswordField(minLength: number) {
  return text.min(1, problem("missing")).check((context) => {
    const found = judgePassword(context.value, minLength);
    if (found) {
      context.issues.push({ code: "custom", message: problem(found), input: context.value });
    }
  });
}

/** What was typed, to be shown again. Passwords are never asked for. */
export type Typed = (name: string) => string | undefined;

/**
 * Validates a form. One that has problems is answered by `refuse`, with the first problem of each
 * field and what was typed.
 */
export function form<Shape extends z.ZodRawShape>(
  shape: Shape,
  refuse: (
    c: Context,
    problems: Problems<keyof Shape & string>,
    typed: Typed,
  ) => Response | Promise<Response>,
) {
  return zValidator("form", z.object(shape), (result, c) => {
    if (result.success) return;
    const problems: Problems = {};
    for (const { path, message } of result.error.issues) {
      problems[String(path[0])] ??= message as FieldProblem;
    }
    const input = result.data as Record<string, unknown>;
    const typed: Typed = (name) => typeof input[name] === "string" ? input[name] : undefined;
    return refuse(c as Context, problems, typed);
  });
}

/** Lets the compiler see that there is a sentence for the word. */
function problem(word: FieldProblem): FieldProblem {
  return word;
}
