import { type Context, Hono } from "hono";
import { canonicalEmail } from "../lib/account/email_address.ts";
import { PasswordResetPage, type PasswordResetPageProps } from "../views/password_reset.tsx";
import { emailField, form } from "./middleware/form.ts";
import { mailPasswordLink } from "./password_reset/mail_link.ts";
import type { MailServices, Services } from "./services.ts";

/** Mails a link to a person who forgot the password. */
export function passwordResetRoutes(
  services: Pick<Services & MailServices, "login" | "accounts" | "throttle" | "mails">,
) {
  const { login } = services;
  const routes = new Hono();

  routes.get("/password-reset", async (c) => {
    const user = await login.user(c);
    return page(c, { email: user?.email, isCompromised: user?.passwordCompromised ?? false });
  });

  routes.post(
    "/password-reset",
    form({ email: emailField }, (c, problems, typed) => {
      return page(c, { email: typed("email"), problems }, 422);
    }),
    async (c) => {
      const email = canonicalEmail(c.req.valid("form").email) ?? "";
      await mailPasswordLink(c, email, services);
      await login.flash(c, "reset_sent");
      return c.redirect("/password-reset", 303);
    },
  );

  return routes;
}

function page(c: Context, props: Omit<PasswordResetPageProps, "text">, status?: 422) {
  const { text } = c.var;
  return c.render(<PasswordResetPage text={text} {...props} />, {
    title: text.passwordReset.title,
    status,
  });
}
