import { zValidator } from "@hono/zod-validator";
import type { Context } from "hono";
import { z } from "zod";
import { canonicalEmail } from "../../lib/account/email.ts";
import { canonicalName, nameProblem } from "../../lib/account/user.ts";
import type { Problems } from "../../views/form.tsx";
import type { FieldProblem } from "../../views/text/en.ts";

/** A text field that was sent exactly once. Messages are words; the views have the sentences. */
export const text = z.string({
  error: ({ input }) => problem(input === undefined ? "missing" : "once"),
});

export const nameField = text.transform(canonicalName).superRefine((name, { addIssue }) => {
  const word = nameProblem(name);
  if (word) addIssue({ code: "custom", message: problem(word) });
});

export const emailField = text.trim().min(1, problem("missing"))
  .refine((email) => canonicalEmail(email) !== null, problem("email_invalid"));

/** Only that it was typed: `PasswordPolicy` judges the rest. */
export const passwordField = text.min(1, problem("missing"));

/** Tells password managers whose password the form holds; the server ignores it. */
export const usernameField = text.optional();

/** Gives the text typed into a field. Pages show it again, but never a password. */
export type Typed = (name: string) => string | undefined;

/**
 * Validates a form. If it has problems, `refuse` answers with the first problem of each field.
 * `validate` checks more than single fields can; it runs in any case, so that the page shows all
 * problems at once.
 */
export function form<Shape extends z.ZodRawShape>(
  shape: Shape,
  refuse: (
    c: Context,
    problems: Problems<keyof Shape & string>,
    typed: Typed,
  ) => Response | Promise<Response>,
  validate: (typed: Typed, c: Context) => Promise<Problems<keyof Shape & string>> = () =>
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
    await logUnexpectedInput(c as Context, shape, problems, input);
    const typed: Typed = (name) => typeof input[name] === "string" ? input[name] : undefined;
    const more = await validate(typed, c as Context);
    const all = { ...more, ...problems } as Problems<keyof Shape & string>;
    return Object.keys(all).length > 0 ? await refuse(c as Context, all, typed) : undefined;
  });
}

/** Logs input that no form of ours can send: missing, repeated and unknown fields. */
async function logUnexpectedInput(
  c: Context,
  shape: z.ZodRawShape,
  problems: Problems,
  input: Record<string, unknown>,
): Promise<void> {
  const unexpected = Object.keys(problems)
    .filter((name) => problems[name] === "once" || input[name] === undefined);
  if (unexpected.length > 0) c.var.log("input_validation_fail", { fields: unexpected.join(" ") });

  const names = [...(await c.req.formData()).keys()];
  const count = names.filter((name) => !Object.hasOwn(shape, name)).length;
  if (count > 0) c.var.log("malicious_extraneous", { count });
}

/** Type-checks that the word has a sentence. */
function problem(word: FieldProblem): FieldProblem {
  return word;
}
