import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../../lib/account/email_address.ts";
import type {
  AddressUse,
  IdentityRegistration,
} from "../../../lib/account/identity_registrations.ts";
import { canonicalName, isPending, nameProblem, type User } from "../../../lib/account/user.ts";
import type { NewIdentity } from "../../../lib/credential/identity.ts";
import type { Provider } from "../../../lib/oidc/provider.ts";
import type { FoundTicket } from "../../../lib/oidc/ticket.ts";
import type { ProvedSignIn } from "../../../lib/oidc/transaction.ts";
import type { Problems } from "../../../views/form.tsx";
import {
  ConfirmIdentityPage,
  type ConfirmIdentityPageProps,
} from "../../../views/login/with_confirm.tsx";
import type { KnownIdentity } from "../../identity_login.ts";
import { refuse, tooManyRequests } from "../../middleware/errors.tsx";
import { form, text, type Typed } from "../../middleware/form.ts";
import { logCreated } from "../../middleware/log.ts";
import { registrationMails } from "../../registration_mails.ts";
import type { Services } from "../../services.ts";

const path = "/login/with/:provider/confirm";

const fields = {
  action: text,
  name: text.optional(),
  email: text.optional(),
};

/** A sign-in that waits for an answer, and what stands around it at this moment. */
interface Waiting {
  readonly provider: Provider;
  readonly found: FoundTicket<ProvedSignIn>;
  /** Who is logged in in this browser. */
  readonly current: User | null;
  readonly known: KnownIdentity | null;
  readonly situation: ConfirmIdentityPageProps["situation"];
  /** Whether an account can be made with the address that the provider gave. */
  readonly canCreate: boolean;
}

declare module "hono" {
  interface ContextVariableMap {
    /** The sign-in that the guard of its page found. */
    waitingSignIn: Waiting;
  }
}

type Used = Pick<
  Services,
  | "login"
  | "guards"
  | "providers"
  | "signIn"
  | "identityLogin"
  | "identityLink"
  | "identityRegistrations"
  | "pendingLogins"
  | "provedSignIns"
  | "identityCookie"
  | "throttle"
  | "mail"
>;

/**
 * Asks somebody who proved who they are at a provider what is to happen: a new account, a link to
 * their own, or another account in this browser. An address alone never links (SEC-K7).
 */
export function loginWithConfirmRoutes(services: Used) {
  const { login, guards, providers, signIn, identityLogin, identityLink, throttle, mail } =
    services;
  const { identityRegistrations, pendingLogins, provedSignIns, identityCookie } = services;
  const routes = new Hono();

  routes.get(path, guards.open, requireWaiting, (c) => page(c, {}));

  routes.post(
    path,
    guards.open,
    requireWaiting,
    form(fields, (c, problems, typed) => {
      const input = { name: typed("name"), email: typed("email") };
      return page(c, { problems, input }, 422);
    }, validate),
    async (c) => {
      const { action, name = "", email } = c.req.valid("form");
      if (!offers(c.var.waitingSignIn, action)) return await page(c, {}, 422);
      if (action === "create") return await create(c, { name: canonicalName(name), email });
      return action === "link" ? await link(c) : await switchUser(c);
    },
  );

  /** In front of the page: without a sign-in that waits there is nothing to answer. */
  async function requireWaiting(c: Context, next: () => Promise<void>) {
    const provider = providers.find(c.req.param("provider") ?? "");
    if (!provider) return await refuse(c, "not_found");
    const found = await provedSignIns.find(identityCookie.read(c));
    const current = await login.user(c);
    if (!found || found.value.provider !== provider.name) {
      // Its form was sent twice.
      return current ? c.redirect("/profile", 303) : await signIn.problem(c, provider, "ended");
    }
    const known = await identityLogin.find(found.value.identity);
    if (known && known.user.id === current?.id) return c.redirect("/profile", 303);
    // Another request made the account meanwhile: a new sign-in opens it.
    if (known && !current) return c.redirect(`/login/with/${provider.name}`, 303);
    const use = await addressUse(found.value);
    // Somebody who is logged in would remove their own account by making another.
    const canCreate = use === "free" || (use === "unconfirmed" && !current);
    const situation = situationOf(use, { current, known });
    c.set("waitingSignIn", { provider, found, current, known, situation, canCreate });
    return await next();
  }

  /** Only an address that the provider verified tells whether it has an account. */
  async function addressUse(value: ProvedSignIn): Promise<AddressUse> {
    const verified = verifiedAddress(value);
    return verified === null ? "free" : await identityRegistrations.addressUse(verified);
  }

  /** Makes an account, which has no password, and logs in to it. */
  async function create(c: Context, typed: { name: string; email: string | undefined }) {
    const { found: { value } } = c.var.waitingSignIn;
    const verified = verifiedAddress(value);
    const email = verified ?? canonicalEmail(typed.email ?? "") ?? "";
    const proof = verified !== null ? "provider" : mail ? "link" : "none";
    const { lang } = c.var.text;
    const attempt = await throttle.register(
      c,
      () => register(c, { name: typed.name, email, lang, proof }),
    );
    if (!attempt.evaluated) return await tooManyRequests(c, attempt);
    const { outcome } = attempt;
    if (outcome.ok) {
      await finish(c);
      return await logInToNew(c);
    }
    switch (outcome.reason) {
      case "too_many":
        return await tooManyRequests(c, outcome.refusal);
      case "linked": // the same form, sent twice
        return c.redirect(c.req.path, 303);
      case "mail_sent":
        await login.flash(c, "registration_sent");
        return c.redirect("/verify-email", 303);
      case "email_taken":
        // The page of an address that the provider verified says it without a field.
        if (verified !== null) return c.redirect(c.req.path, 303);
        return await page(c, { problems: { email: "email_taken" }, input: typed }, 422);
    }
  }

  /** No success while the address is to be confirmed: it would set a device cookie. */
  async function register(c: Context, registration: IdentityRegistration) {
    const { provider, found: { value: { identity } } } = c.var.waitingSignIn;
    const prepared = mail && registration.proof === "link"
      ? await registrationMails(c, registration.email, mail, throttle)
      : { ok: true, mails: noMails } as const;
    if (!prepared.ok) {
      const { retryAfter } = prepared;
      const refusal = { evaluated: false, limit: "registration", retryAfter } as const;
      return { ok: false, reason: "too_many", refusal } as const;
    }
    const linked = newIdentity(provider, identity);
    const result = await identityRegistrations.register(registration, linked, prepared.mails);
    if (result.ok) logCreated(c, result);
    const replaced = result.ok ? result.replaced : null;
    if (replaced && !isPending(replaced)) await endLogins(c, replaced);
    const isHidden = registration.proof === "link" && (result.ok || result.reason !== "linked");
    return isHidden ? { ok: false, reason: "mail_sent" } as const : result;
  }

  /** Of the account that gave way: without their user they grant nothing, but they would be left. */
  async function endLogins(c: Context, { id }: User): Promise<void> {
    await pendingLogins.deleteAll(id);
    await login.forgetUser(c, id);
  }

  async function logInToNew(c: Context): Promise<Response> {
    const { provider, found } = c.var.waitingSignIn;
    const known = await identityLogin.find(found.value.identity);
    return known
      ? await identityLogin.logIn(c, provider, known, found, "registered")
      : await signIn.problem(c, provider, "ended"); // it was deleted meanwhile
  }

  /** A login that came after the sign-in proved the account; an older one has to be fresh. */
  async function link(c: Context): Promise<Response> {
    const { provider, found, current } = c.var.waitingSignIn;
    const session = await login.session(c);
    if (!current || !session) return c.redirect("/login", 303);
    if (session.createdAt < found.createdAt) {
      const refused = await guards.fresh(c as never, () => Promise.resolve());
      if (refused) return refused;
    }
    const { identity, next } = found.value;
    const result = await identityLink.link(c, current, { provider, identity });
    await finish(c);
    if (!result.ok && result.reason !== "linked_already") {
      return await signIn.problem(c, provider, result.reason === "gone" ? "ended" : result.reason);
    }
    await login.flash(c, "identity_linked");
    return c.redirect(await login.takeNext(c, next ?? "/account/identities"), 303);
  }

  async function switchUser(c: Context): Promise<Response> {
    const { provider, found, known } = c.var.waitingSignIn;
    const isFirst = await finish(c);
    if (!known || !isFirst) return c.redirect("/profile", 303);
    return await identityLogin.logIn(c, provider, known, found);
  }

  /** Ends what waits; of several requests one does. */
  async function finish(c: Context): Promise<boolean> {
    const isFirst = await provedSignIns.take(identityCookie.read(c)) !== null;
    identityCookie.delete(c);
    return isFirst;
  }

  function validate(typed: Typed, c: Context): Promise<Problems<keyof typeof fields>> {
    if (typed("action") !== "create") return Promise.resolve({});
    const nameWord = nameProblem(canonicalName(typed("name") ?? ""));
    const needsAddress = verifiedAddress(c.var.waitingSignIn.found.value) === null;
    const email = typed("email") ?? "";
    const isWrong = needsAddress && canonicalEmail(email) === null;
    return Promise.resolve({
      ...nameWord ? { name: nameWord } : {},
      ...isWrong ? { email: email === "" ? "missing" : "email_invalid" } as const : {},
    });
  }

  function page(
    c: Context,
    props: Pick<ConfirmIdentityPageProps, "problems" | "input">,
    status?: 422,
  ) {
    const { text, features, waitingSignIn } = c.var;
    const { provider, found, current, situation, canCreate } = waitingSignIn;
    const { name, label, mark } = provider;
    const { identity } = found.value;
    return c.render(
      <ConfirmIdentityPage
        text={text}
        features={features}
        provider={{ name, label, mark }}
        identity={{
          name: canonicalName(identity.name),
          email: identity.email,
          emailVerified: verifiedAddress(found.value) !== null,
        }}
        situation={situation}
        canCreate={canCreate}
        user={current}
        {...props}
      />,
      { title: text.confirmIdentity.situations[situation], status },
    );
  }

  return routes;
}

function situationOf(
  use: AddressUse,
  { current, known }: Pick<Waiting, "current" | "known">,
): Waiting["situation"] {
  if (known) return "switch";
  if (current) return "link";
  return use === "free" ? "new" : use;
}

const noMails = { waiting: "gives_way", created: () => [], taken: () => [] } as const;

/** In canonical form; null when the provider gave none, or did not verify it. */
function verifiedAddress({ identity: { email, emailVerified } }: ProvedSignIn): string | null {
  return emailVerified ? canonicalEmail(email ?? "") : null;
}

function newIdentity({ name }: Provider, identity: ProvedSignIn["identity"]): NewIdentity {
  const { issuer, subject, email } = identity;
  return { issuer, subject, email, provider: name };
}

/** Whether the page has this button. */
function offers({ situation, canCreate }: Waiting, action: string): boolean {
  if (action === "create") return canCreate && situation !== "switch";
  return ["link", "switch"].includes(action) && action === situation;
}
