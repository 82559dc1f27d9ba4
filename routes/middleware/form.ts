import { zValidator } from "@hono/zod-validator";
import type { Context } from "hono";
import { z } from "zod";
import { canonicalEmail } from "../../lib/account/email.ts";
import { canonicalName, nameProblem } from "../../lib/account/user.ts";
import type { Problems } from "../../views/form.tsx";
import type { FieldProblem } from "../../views/text/en.ts";

/** A text field that came exactly once. The messages of these checks are words, not sentences. */
export const text = z.string({
  error: ({ input }) => problem(input === undefined ? "missing" : "once"),
});

export const nameField = text.transform(canonicalName).superRefine((name, { addIssue }) => {
  const word = nameProblem(name);
  if (word) addIssue({ code: "custom", message: problem(word) });
});

export const emailField = text.trim().min(1, problem("missing"))
  .refine((email) => canonicalEmail(email) !== null, problem("email_invalid"));

/** A password: whether it may be set is for the policy to say. */
export const passwordField = text.min(1, problem("missing"));

/** Stands beside a password to tell password managers whose it is; it is not looked at. */
export const usernameField = text.optional();

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
    for (const name of Object.keys(shape)) {
      if (input[name] !== undefined && c.req.query(name) !== undefined) problems[name] = "once";
    }
    await logOddities(c as Context, shape, problems, input);
    const typed: Typed = (name) => typeof input[name] === "string" ? input[name] : undefined;
    const judged = await judge(typed, c as Context);
    const all = { ...judged, ...problems } as Problems<keyof Shape & string>;
    return Object.keys(all).length > 0 ? await refuse(c as Context, all, typed) : undefined;
  });
}

/** Logs what none of our pages sends, whatever is typed into it. */
async function logOddities(
  c: Context,
  shape: z.ZodRawShape,
  problems: Problems,
  input: Record<string, unknown>,
): Promise<void> {
  const odd = Object.keys(problems)
    .filter((name) => problems[name] === "once" || input[name] === undefined);
  if (odd.length > 0) c.var.log("input_validation_fail", { fields: odd.join(" ") });

  const sent = [...(await c.req.formData()).keys()];
  const count = sent.filter((name) => !Object.hasOwn(shape, name)).length;
  if (count > 0) c.var.log("malicious_extraneous", { count });
}

/** Lets the compiler see that there is a sentence for the word. */
function problem(word: FieldProblem): FieldProblem {
  return word;
}
