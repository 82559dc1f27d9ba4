import { type Context, Hono } from "hono";
import { type FoundToken, isAskingBrowser } from "../../lib/account/email_token.ts";
import { isLoginLink, mayUse } from "../../lib/account/login_links.ts";
import type { User } from "../../lib/account/user.ts";
import type { Problems } from "../../views/form.tsx";
import { ConfirmLoginPage, LoginCodePage } from "../../views/login/link.tsx";
import { deadLink } from "../middleware/dead_link.tsx";
import { form, linkEmailField, text } from "../middleware/form.ts";
import { isFormOf } from "../middleware/mailed_link.ts";
import type { MailServices, Services } from "../services.ts";

const path = "/login/link/confirm";
/** Where another link can be asked for. */
const askPath = "/login/link";

/** A link that works. */
interface Link {
  readonly found: FoundToken;
  readonly user: User;
  /** Whether this browser asked for it: then the link alone is enough. */
  readonly isAskers: boolean;
}

/** What a browser is answered that opened a link, and one that asked for a link and waits. */
interface Answers {
  readonly opened: (c: Context, link: Link) => Response | Promise<Response>;
  /** @param browser The digest of its secret. */
  readonly waiting: (c: Context, browser: string) => Response | Promise<Response>;
}

type Used = Pick<
  Services & MailServices,
  | "login"
  | "activity"
  | "accounts"
  | "loginLinks"
  | "throttle"
  | "completeLogin"
  | "mailedLink"
  | "askingBrowser"
  | "loginRequest"
>;

/**
 * Logs in by a mailed link, and only the browser that asked for it: who opens a link that somebody
 * else asked for lets nobody in, unless they enter the code that the other browser shows.
 */
export function loginLinkConfirmRoutes(services: Used) {
  const { login, accounts, loginLinks, throttle, completeLogin, activity } = services;
  const { mailedLink, askingBrowser, loginRequest } = services;
  const routes = new Hono();

  routes.get(path, (c) => answerLink(c, { waiting: codePage, opened: confirmPage }));

  routes.post(
    path,
    form({ email: linkEmailField, code: text.optional() }, (c, problems, typed) => {
      const answers: Answers = {
        waiting: (c, browser) => codePage(c, browser, "not_confirmed"),
        opened: (c, link) => confirmPage(c, link, problems),
      };
      return answerLink(c, answers, typed("email"));
    }),
    (c) => {
      const { email, code = "" } = c.req.valid("form");
      const answers: Answers = {
        waiting: logInIfConfirmed,
        opened: (c, link) =>
          link.isAskers
            ? logIn(c, link.found, link.user)
            : confirmByCode(c, link, code.replaceAll(/[\s-]/g, "")),
      };
      return answerLink(c, answers, email);
    },
  );

  routes.get("/login/link/:token", (c) => mailedLink.open(c, path));

  /** @param email The address in the form that was sent. */
  async function answerLink(c: Context, answers: Answers, email?: string): Promise<Response> {
    const browser = askingBrowser.read(c);
    const token = mailedLink.read(c);
    // A link of another kind, opened meanwhile, does not end the wait for this one.
    const isWaiting = !isLoginLink(token) && loginRequest.read(c) !== null;
    if (isWaiting && browser) return answers.waiting(c, browser);
    const found = await loginLinks.find(token);
    if (!found || !isFormOf(found, email)) return deadLink(c, askPath);
    const user = await accounts.find(found.userId);
    if (!user || !mayUse(user, found.record)) return deadLink(c, askPath);
    return answers.opened(c, { found, user, isAskers: isAskingBrowser(found.record, browser) });
  }

  async function logInIfConfirmed(c: Context, browser: string): Promise<Response> {
    const { user } = await accounts.findCredential(loginRequest.read(c)?.email ?? "");
    const found = await loginLinks.findConfirmed(user, browser);
    return found && user ? await logIn(c, found, user) : codePage(c, browser, "not_confirmed");
  }

  /** Lets the browser in that asked, never this one. */
  async function confirmByCode(c: Context, link: Link, code: string): Promise<Response> {
    const problem = code === "" ? "missing" : /^\d{8}$/.test(code) ? null : "code_invalid";
    if (problem) return confirmPage(c, link, { code: problem });
    const confirmation = await loginLinks.confirm(link.found, code);
    if (confirmation !== "confirmed") await login.reportFailure(c, "wrong", link.user.id);
    if (confirmation === "dead") return deadLink(c, askPath);
    if (confirmation === "wrong") return confirmPage(c, link, "refused");
    mailedLink.forget(c);
    await login.flash(c, "login_confirmed");
    return c.redirect("/", 303);
  }

  async function logIn(c: Context, found: FoundToken, before: User): Promise<Response> {
    const isProof = !before.emailVerified;
    const event = isProof ? await activity.record(c, before.id, "email_verified") : [];
    const user = await loginLinks.use(found, event);
    if (!user) return deadLink(c, askPath);
    const isKnownDevice = throttle.knowsDevice(c, user);
    if (user.active) throttle.noteFirstFactor(c, user);
    const next = loginRequest.read(c)?.next ?? undefined;
    if (isLoginLink(mailedLink.read(c))) mailedLink.forget(c);
    loginRequest.forget(c);
    if (!before.emailVerified) return await askForPassword(c, before);
    const answer = await completeLogin(c, user, {
      methods: ["mail"],
      freshness: "not_fresh",
      failures: 0,
      isKnownDevice,
      newBrowserMail: { verdict: "free" },
      next,
    });
    return answer ?? deadLink(c, askPath);
  }

  /** The link proved the address. A stranger may know the password, so it opens nothing now. */
  async function askForPassword(c: Context, before: User): Promise<Response> {
    const { id: userId, factors, identities } = before;
    c.var.log("user_updated", { userId, reason: "email_verified" });
    if (factors.length + identities.length > 0) {
      c.var.log("authn_token_revoked", { userId, reason: "email_unverified" });
    }
    await login.flash(c, "confirmed_by_login");
    return c.redirect("/password-reset", 303);
  }

  function codePage(c: Context, browser: string, problem?: "not_confirmed") {
    const { text } = c.var;
    const { next, codeSalt = "" } = loginRequest.read(c) ?? {};
    return c.render(
      <LoginCodePage
        text={text}
        code={loginLinks.codeOf({ browser, codeSalt })}
        next={next ?? undefined}
        refused={problem !== undefined}
      />,
      { title: text.loginLink.sentTitle, status: problem && 422 },
    );
  }

  return routes;
}

function confirmPage(
  c: Context,
  { user: { email }, isAskers }: Link,
  problem?: Problems<"code"> | "refused",
) {
  const { text } = c.var;
  const { confirmTitle, enterTitle } = text.loginLink;
  const refused = problem === "refused";
  const problems = problem && !refused ? problem as Problems<"code"> : {};
  return c.render(
    <ConfirmLoginPage text={text} email={email} code={isAskers ? null : { problems, refused }} />,
    { title: isAskers ? confirmTitle : enterTitle, status: problem ? 422 : undefined },
  );
}
