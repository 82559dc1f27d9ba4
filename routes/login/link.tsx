import { type Context, Hono } from "hono";
import { canonicalEmail } from "../../lib/account/email_address.ts";
import { mayAsk } from "../../lib/account/login_links.ts";
import { LoginLinkPage, type LoginLinkPageProps } from "../../views/login/link.tsx";
import { emailField, form, text } from "../middleware/form.ts";
import { logClaimedEmail } from "../middleware/log.ts";
import type { MailServices, Services } from "../services.ts";

const path = "/login/link";

type Used = Pick<
  Services & MailServices,
  "guards" | "accounts" | "throttle" | "mails" | "mailedLink" | "askingBrowser" | "loginRequest"
>;

/** Sends a link that logs in; its page is in `link_confirm.tsx`. */
export function loginLinkRoutes(
  { guards, accounts, throttle, mails, mailedLink, askingBrowser, loginRequest }: Used,
) {
  const routes = new Hono();

  routes.get(path, guards.anonymous, (c) => askPage(c, { next: c.req.query("next") }));

  routes.post(
    path,
    form({ email: emailField, next: text.optional() }, (c, problems, typed) => {
      return askPage(c, { email: typed("email"), problems, next: typed("next") }, 422);
    }),
    async (c) => {
      const { email: typed, next } = c.req.valid("form");
      logClaimedEmail(c, typed);
      const email = canonicalEmail(typed) ?? "";
      const browser = askingBrowser.remember(c);
      const { codeSalt } = loginRequest.remember(c, email, next ?? c.req.query("next"));
      mailedLink.forget(c); // it may be an older one, which ends now
      const { verdict } = await throttle.mailAdmission(c, "log_in", email);
      // The same work for every address: only the network's limit ends it sooner.
      if (verdict !== "refused") {
        const { user } = await accounts.findCredential(email);
        const isSent = verdict === "admitted" && user !== null && mayAsk(user);
        await mails.commit(mails.logIn(c, isSent ? user : null, { browser, codeSalt }));
      }
      return c.redirect("/login/link/confirm", 303);
    },
  );

  return routes;
}

function askPage(c: Context, props: Omit<LoginLinkPageProps, "text">, status?: 422) {
  const { text } = c.var;
  return c.render(<LoginLinkPage text={text} {...props} />, {
    title: text.loginLink.title,
    status,
  });
}
