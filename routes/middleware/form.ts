import { zValidator } from "@hono/zod-validator";
import type { Context } from "hono";
import { z } from "zod";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import { canonicalName, MAX_NAME_LENGTH, nameProblem } from "../../lib/account/user.ts";
import { MAX_PASSWORD_UNITS } from "../../lib/credential/password_policy.ts";
import type { Problems } from "../../views/form.tsx";
import type { FieldProblem } from "../../views/text/en.ts";

/** A passkey's answer: a key of 4096 bits and the longest id fit, with all that repeats them. */
const MAX_CREDENTIAL_LENGTH = 12 * 1024;

/**
 * The longest text of each field as typed, in UTF-16 units, and the problem of a longer one.
 * Nothing else reads a longer text: the time to normalise combining marks grows with the square of
 * the length.
 */
const limits: Readonly<Record<string, { max: number; word: FieldProblem }>> = {
  name: { max: 4 * MAX_NAME_LENGTH, word: "name_too_long" }, // half may be stripped or composed
  email: { max: 512, word: "email_invalid" },
  reason: { max: 500, word: "reason_too_long" },
  password: { max: MAX_PASSWORD_UNITS, word: "password_too_long" },
  credential: { max: MAX_CREDENTIAL_LENGTH, word: "missing" },
  current_password: { max: MAX_PASSWORD_UNITS, word: "password_too_long" },
};

/** Fields that nobody types count as missing when they are longer, such as `next`. */
const MAX_HIDDEN_LENGTH = 2048;

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

/** A code of an app. An incomplete one is not tried, so it does not count as a failure. */
export const totpField = text.transform((code) => code.replaceAll(/[\s\p{Pd}]/gu, ""))
  .refine((code) => code !== "", problem("missing"))
  .refine((code) => code === "" || /^\d{6}$/.test(code), problem("totp_incomplete"));

/** Tells password managers whose password the form holds; the server ignores it. */
export const usernameField = text.optional();

/** The address of the mailed link that a page was made for: `isFormOf` compares it. */
export const linkEmailField = text.optional();

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
  const bounded = Object.entries(shape).map(([name, field]) => [name, bound(name, field)]);
  const schema = z.object(Object.fromEntries(bounded)) as unknown as z.ZodObject<Shape>;
  return zValidator("form", schema, async (result, c) => {
    const problems: Problems = {};
    for (const { path, message } of result.success ? [] : result.error.issues) {
      problems[String(path[0])] ??= message as FieldProblem;
    }
    const input = result.data as Record<string, unknown>;
    for (const name of Object.keys(shape)) {
      if (input[name] !== undefined && c.req.query(name) !== undefined) problems[name] = "once";
    }
    await logUnexpectedInput(c as Context, shape, problems, input);
    const typed: Typed = (name) => {
      const value = input[name];
      return typeof value === "string" && fits(name, value) ? value : undefined;
    };
    const more = await validate(typed, c as Context);
    const all = { ...more, ...problems } as Problems<keyof Shape & string>;
    return Object.keys(all).length > 0 ? await refuse(c as Context, all, typed) : undefined;
  });
}

/** Refuses a text that is too long, before anything else looks at it. */
function bound(name: string, field: z.core.$ZodType) {
  return z.preprocess((value, { addIssue }) => {
    if (typeof value !== "string" || fits(name, value)) return value;
    const word = limits[name]?.word;
    if (word) addIssue({ code: "custom", message: word });
    return undefined;
  }, field);
}

function fits(name: string, value: string): boolean {
  return value.length <= (limits[name]?.max ?? MAX_HIDDEN_LENGTH);
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
