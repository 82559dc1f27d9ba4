import type { User } from "../../lib/account/user.ts";
import { EmailTokens, type Purpose } from "../../lib/account/email_token.ts";
import type { Config } from "../../lib/config.ts";
import type { Browser } from "./browser.ts";
import { exampleProvider, provedAtExample } from "./example_provider.ts";
import { ann, cleo, eve } from "./people.ts";
import { giveRoles } from "./roles.ts";
import { type TestWorld, withMail } from "./world.ts";

/** A form of the app with valid values. */
export interface Form {
  readonly who: "stranger" | "ann" | "pending" | "admin";
  /** Whether the browser comes from a provider, and is asked what is to happen. */
  readonly isSigningIn?: true;
  /** The mailed link of Ann's that the browser opened before. */
  readonly link?: Purpose;
  /** The page of the form, where opening it keeps something that the form needs. */
  readonly page?: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Fields that may be missing. */
  readonly optional?: readonly string[];
}

/** Every form of a site without mail, by its route. A test names each route that is missing. */
export const forms: Readonly<Record<string, Form>> = {
  "/register": {
    who: "stranger",
    fields: { ...eve },
  },
  "/login": {
    who: "stranger",
    fields: { email: ann.email, password: ann.password, remember: "on", next: "/account" },
    optional: ["remember", "next"],
  },
  "/login/passkey/options": { who: "stranger", fields: {} },
  "/login/passkey": {
    who: "stranger",
    fields: { credential: "{}", remember: "on", next: "/account" },
    optional: ["remember", "next"],
  },
  "/login/second-factor/options": { who: "pending", fields: {} },
  "/login/second-factor": { who: "pending", fields: { code: "123456" } },
  "/password-strength": {
    who: "stranger",
    fields: { name: "Eve", email: "eve@example.com", password: "four candles" },
    optional: ["name", "email"],
  },
  "/passphrase": { who: "stranger", fields: {} },
  "/language": {
    who: "stranger",
    fields: { lang: "it", next: "/login" },
    optional: ["next"],
  },
  "/logout": { who: "ann", fields: {} },
  "/profile": { who: "ann", fields: { name: "Ann Meyer" } },
  "/reauthenticate/options": { who: "ann", fields: {} },
  "/reauthenticate": {
    who: "ann",
    fields: { email: ann.email, password: ann.password, code: "", next: "/account" },
    optional: ["email", "code", "next"],
  },
  "/reauthenticate/finish": { who: "ann", fields: { id: "x" } },
  "/reauthenticate/finish/decline": { who: "ann", fields: {} },
  "/account/sessions/end-others": { who: "ann", fields: {} },
  "/account/sessions/x/end": { who: "ann", fields: {} },
  "/account/password": {
    who: "ann",
    fields: {
      email: ann.email,
      current_password: ann.password,
      password: "a heron stands in the reeds",
    },
    optional: ["email"],
  },
  "/account/password/first": {
    who: "ann",
    fields: { email: ann.email, password: "a heron stands in the reeds" },
    optional: ["email"],
  },
  "/account/identities/x/link": { who: "ann", fields: {} },
  "/account/identities/x/unlink": { who: "ann", fields: { issuer: "https://id.example" } },
  "/account/passkeys": { who: "ann", fields: { credential: "{}" } },
  "/account/passkeys/options": { who: "ann", fields: {} },
  "/account/passkeys/x/rename": { who: "ann", fields: { name: "Blue key" } },
  "/account/passkeys/x/remove": { who: "ann", fields: {} },
  "/account/totp": { who: "ann", page: "/account/totp", fields: { code: "123456" } },
  "/account/totp/remove": { who: "ann", fields: {} },
  "/account/recovery-codes": { who: "ann", fields: {} },
  "/admin/invite": { who: "admin", fields: {} },
  "/admin/view-as/end": { who: "admin", fields: {} },
  "/admin/users/x/view-as": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/account/api-tokens": {
    who: "ann",
    fields: { name: "Reader", scope: "profile:read", days: "90" },
  },
  "/account/api-tokens/x/revoke": { who: "ann", fields: {} },
  "/admin/users/x/suspend": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/admin/users/x/reactivate": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/admin/users/x/end-sessions": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/admin/users/x/role": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/admin/users/x/delete": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/account/export": { who: "ann", fields: {} },
  "/account/delete": { who: "ann", fields: { email: ann.email } },
};

/** The forms that exist only on a site with mail. */
const mailForms: Readonly<Record<string, Form>> = {
  "/verify-email": { who: "stranger", fields: { email: eve.email } },
  "/verify-email/confirm": {
    who: "stranger",
    link: "verify_email",
    fields: { email: ann.email, password: ann.password },
    optional: ["email", "password"],
  },
  "/verify-email/reject": {
    who: "stranger",
    link: "verify_email",
    fields: { email: ann.email },
    optional: ["email"],
  },
  "/password-reset": { who: "stranger", fields: { email: ann.email } },
  "/password-reset/new": {
    who: "stranger",
    link: "reset_password",
    fields: {
      email: ann.email,
      password: "a heron stands in the reeds",
      code: "",
      credential: "",
    },
    optional: ["email", "code", "credential"],
  },
  "/password-reset/new/options": { who: "stranger", link: "reset_password", fields: {} },
  "/admin/users/x/reset-password": {
    who: "admin",
    fields: { reason: "A test", confirm: "yes" },
    optional: ["confirm"],
  },
  "/recover-account": {
    who: "stranger",
    link: "recover_account",
    fields: { email: ann.email },
    optional: ["email"],
  },
  "/undo": {
    who: "stranger",
    link: "undo",
    fields: { email: ann.email },
    optional: ["email"],
  },
  "/login/link": {
    who: "stranger",
    fields: { email: ann.email, next: "/account" },
    optional: ["next"],
  },
  "/login/link/confirm": {
    who: "stranger",
    link: "log_in",
    fields: { email: ann.email, code: "12345678" },
    optional: ["email", "code"],
  },
  "/account/email": { who: "ann", fields: { email: eve.email } },
  "/account/email/confirm": {
    who: "ann",
    link: "change_email",
    fields: { email: eve.email },
    optional: ["email"],
  },
  "/account/notices": { who: "ann", fields: { new_browser: "on" }, optional: ["new_browser"] },
};

/** The forms that exist only where people log in with a provider. */
const providerForms: Readonly<Record<string, Form>> = {
  "/login/with/x": {
    who: "stranger",
    fields: { next: "/account", remember: "on" },
    optional: ["next", "remember"],
  },
  "/login/with/x/confirm": {
    who: "stranger",
    isSigningIn: true,
    fields: { action: "create", name: "Eve", email: "" },
    optional: ["email"],
  },
  "/reauthenticate/with/x": { who: "ann", fields: { next: "/account" }, optional: ["next"] },
};

/** The route of providers' servers, which is no form of ours. */
export const providerLogoutPath = "/login/with/x/backchannel-logout";

/** A site that has every form. */
export const everyForm: Partial<Config> = {
  ...withMail,
  loginByMail: true,
  providers: [exampleProvider],
};

/** Administrators need no second factor here. */
const withoutFactor: Partial<Config> = { requireSecondFactor: "off" };

/** Every form, with its route and the site that it is tried on. */
export const allForms: readonly (Form & { path: string; config: Partial<Config> })[] = [
  ...Object.entries(forms).map(([path, form]) => ({ path, config: withoutFactor, ...form })),
  ...Object.entries({ ...mailForms, ...providerForms })
    .map(([path, form]) => ({ path, config: { ...everyForm, ...withoutFactor }, ...form })),
];

/** A browser that may send the form; Ann's own, or a stranger's, with the link that it opened. */
export async function senderOf(form: Form, world: TestWorld, anns: Browser): Promise<Browser> {
  const browser = form.who === "ann" ? anns.copy() : world.browser();
  // A login by a mailed link is not fresh.
  if (form.who === "ann" && world.config.mail) {
    await browser.post("/reauthenticate", { password: ann.password });
  }
  if (form.who === "admin") return (await administratorOf(world)).copy();
  if (form.who === "pending") browser.cookies.set("__Host-pending", await beginLogin(world));
  if (form.isSigningIn) browser.cookies.set("__Host-identity", await comeBack(world));
  if (form.page) await browser.get(form.page);
  if (!form.link) return browser;
  // Ann's: a registration that waits for its link gets none of these mails.
  const { user } = await world.services.accounts.findCredential(ann.email);
  const value = user as User;
  const tokens = new EmailTokens(world.kv, () => world.now);
  const email = form.link === "change_email" ? eve.email : value.email;
  const { token, write } = tokens.prepare(form.link, { ...value, email });
  await world.database.set([...write.key], write.value);
  browser.cookies.set("__Host-mailed", token);
  return browser;
}

/** The administrator of each world, who registers once. */
const administrators = new WeakMap<TestWorld, Promise<Browser>>();

async function administratorOf(world: TestWorld): Promise<Browser> {
  const known = administrators.get(world) ?? registerAdministrator(world);
  administrators.set(world, known);
  return await known;
}

/** Without a second factor, and with Ann's password, as the tests of all forms prove it. */
async function registerAdministrator(world: TestWorld): Promise<Browser> {
  const { password } = ann;
  const browser = await world.register({ ...cleo, password });
  await giveRoles(world, cleo, ["admin"]);
  await browser.post("/reauthenticate", { password });
  await world.delivered();
  return browser;
}

/** Ann's password was right, and her second factor is still to be proved. */
async function beginLogin({ services }: TestWorld): Promise<string> {
  const { user } = await services.accounts.findCredential(ann.email);
  const proof = {
    methods: ["pwd"],
    issuer: null,
    remember: false,
    next: null,
    failures: 0,
    isKnownDevice: true,
  };
  return await services.pendingLogins.begin(user as User, proof, undefined);
}

/** Eve proved who she is at the provider, and has no account here. */
async function comeBack({ services }: TestWorld): Promise<string> {
  const person = { subject: "eve", email: eve.email, emailVerified: true, name: "Eve" };
  const proved = provedAtExample(person);
  return (await services.provedSignIns.issue(proved)).secret;
}
