import { loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../../lib/account/email_address.ts";
import type { AddressUse } from "../../../lib/account/identity_registrations.ts";
import { canonicalName, nameProblem, type User } from "../../../lib/account/user.ts";
import type { Provider } from "../../../lib/oidc/provider.ts";
import type { FoundTicket } from "../../../lib/oidc/ticket.ts";
import type { ProvedSignIn } from "../../../lib/oidc/transaction.ts";
import type { Problems } from "../../../views/form.tsx";
import {
  ConfirmIdentityPage,
  type ConfirmIdentityPageProps,
} from "../../../views/login/with_confirm.tsx";
import { withNext } from "../../../views/with_next.ts";
import type { KnownIdentity } from "../../identity_login.ts";
import { verifiedAddress } from "../../identity_sign_up.ts";
import { refuse, tooManyRequests } from "../../middleware/errors.tsx";
import { form, text, type Typed } from "../../middleware/form.ts";
import type { Services } from "../../services.ts";

const path = "/login/with/:provider/confirm";

const fields = {
  question: text.optional(),
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
  | "identitySignUp"
  | "identityRegistrations"
  | "provedSignIns"
  | "identityCookie"
>;

/**
 * Asks somebody who proved who they are at a provider what is to happen: a new account, a link to
 * their own, or another account in this browser. An address alone never links (SEC-K7).
 */
export function loginWithConfirmRoutes(services: Used) {
  const { login, guards, providers, signIn, identityLogin, identityLink } = services;
  const { identitySignUp, identityRegistrations, provedSignIns, identityCookie } = services;
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
      const { question, action, name = "", email } = c.req.valid("form");
      const { found } = c.var.waitingSignIn;
      if ((question ?? found.id) !== found.id) return await askAgain(c);
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
    const isTheirs = found?.value.provider === provider.name &&
      [null, current?.id].includes(found.value.userId);
    if (!found || !isTheirs) {
      // Its form was sent twice, or somebody else logged in since.
      return current ? c.redirect("/profile", 303) : await signIn.problem(c, provider, "ended");
    }
    const known = await identityLogin.find(found.value.identity);
    if (known && known.user.id === current?.id) return c.redirect("/profile", 303);
    // Another request made the account meanwhile: a new sign-in opens it.
    if (known && !current) {
      const next = found.value.next ?? undefined;
      return c.redirect(withNext(`/login/with/${provider.name}`, next), 303);
    }
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

  /** Makes an account, and logs in to it. */
  async function create(c: Context, typed: { name: string; email: string | undefined }) {
    const { provider, found: { value: proved } } = c.var.waitingSignIn;
    const created = await identitySignUp.create(c, { provider, proved, ...typed });
    if (created.ok) {
      await finish(c);
      return await logInToNew(c);
    }
    switch (created.reason) {
      case "too_many":
        return await tooManyRequests(c, created.waits);
      case "linked": // the same form, sent twice
        return c.redirect(c.req.path, 303);
      case "mail_sent":
        await finish(c);
        await login.flash(c, "registration_sent");
        return c.redirect("/verify-email", 303);
      case "email_taken":
        // The page of an address that the provider verified says it without a field.
        if (verifiedAddress(proved) !== null) return c.redirect(c.req.path, 303);
        return await page(c, { problems: { email: "email_taken" }, input: typed }, 422);
    }
  }

  /** Another tab signed in meanwhile: the page was about another account at the provider. */
  async function askAgain(c: Context): Promise<Response> {
    await login.flash(c, "question_changed");
    return c.redirect(c.req.path, 303);
  }

  async function logInToNew(c: Context): Promise<Response> {
    const { provider, found } = c.var.waitingSignIn;
    const known = await identityLogin.find(found.value.identity);
    return known
      ? await identityLogin.logIn(c, provider, known, provedOf(found), "registered")
      : await signIn.problem(c, provider, "ended"); // it was deleted meanwhile
  }

  /** A login that came after the sign-in proved the account; any other has to be fresh. */
  async function link(c: Context): Promise<Response> {
    const { provider, found, current } = c.var.waitingSignIn;
    const session = await login.session(c);
    if (!current || !session) return c.redirect("/login", 303);
    // A remember cookie may have begun the session since: nobody presented anything for it.
    const isLogin = session.createdAt >= found.createdAt && session.methods.length > 0;
    if (!isLogin && !await guards.isFresh(c)) {
      await login.flash(c, "reauthenticate_first");
      return c.redirect(loginUrl("/reauthenticate", c.req.path), 303);
    }
    const { identity, next } = found.value;
    const result = await identityLink.link(c, current, { provider, identity });
    await finish(c);
    if (!result.ok && result.reason !== "linked_already") {
      const word = result.reason === "gone" ? "ended" : result.reason;
      return await signIn.problem(c, provider, word, { purpose: "link", next });
    }
    await login.flash(c, "identity_linked");
    return c.redirect(await login.takeNext(c, next ?? "/account/identities"), 303);
  }

  async function switchUser(c: Context): Promise<Response> {
    const { provider, found, known } = c.var.waitingSignIn;
    const isFirst = await finish(c);
    if (!known || !isFirst) return c.redirect("/profile", 303);
    return await identityLogin.logIn(c, provider, known, provedOf(found));
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
        question={found.id}
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

function provedOf({ value, createdAt }: FoundTicket<ProvedSignIn>) {
  return { proved: value, provedAt: createdAt };
}

/** Whether the page has this button. */
function offers({ situation, canCreate }: Waiting, action: string): boolean {
  if (action === "create") return canCreate && situation !== "switch";
  return ["link", "switch"].includes(action) && action === situation;
}
