import { createLogin, loginUrl, recommendedLifetimes, type SessionStore } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { html } from "hono/html";

export interface User {
  readonly id: string;
  readonly name: string;
}

/** The people who have an account. */
export interface Users {
  find(id: string): Promise<User | null>;
  /** Null when somebody has the name. */
  register(name: string, password: string): Promise<User | null>;
  /** Null when the name or the password is wrong. */
  authenticate(name: string, password: string): Promise<User | null>;
}

export interface Site {
  readonly users: Users;
  readonly store: SessionStore;
  readonly secretKey: string;
  readonly origin: string;
}

/** Makes the site: its pages are the same on every runtime. */
export function makeSite({ users, store, secretKey, origin }: Site): Hono {
  const login = createLogin<User>({
    store,
    loadUser: (id) => users.find(id),
    keys: [secretKey],
    origin,
    lifetimes: recommendedLifetimes,
    protection: "basic",
    now: () => new Date(),
    loginPage: "/login",
    reauthenticatePage: null,
    homePage: "/",
  });

  const app = new Hono();
  app.use(csrf({ origin }));
  app.use(login.middleware);

  app.get("/", login.required, async (c) => {
    const { length } = await login.sessions(c.var.user);
    return await page(
      c,
      `Hi ${c.var.user.name}!`,
      html`
        <p>You are logged in with ${length === 1 ? "this browser" : `${length} browsers`}.</p>
        <form method="post" action="/end-others"><button>Log out the others</button></form>
        <form method="post" action="/logout"><button>Log out</button></form>
      `,
    );
  });

  app.get("/login", login.anonymous, (c) => page(c, "Log in", form("Log in", "current-password")));

  app.post("/login", login.anonymous, async (c) => {
    const { name, password, remember } = await fields(c);
    const next = c.req.query("next");
    const user = await users.authenticate(name, password);
    if (!user) {
      await login.reportFailure(c, "wrong");
      await login.flash(c, "Wrong name or password.");
      return c.redirect(loginUrl("/login", next), 303);
    }
    await login.start(c, user, { methods: ["pwd"], remember });
    return c.redirect(await login.takeNext(c, next), 303);
  });

  app.get(
    "/register",
    login.anonymous,
    (c) => page(c, "Register", form("Register", "new-password")),
  );

  app.post("/register", login.anonymous, async (c) => {
    const { name, password, remember } = await fields(c);
    const isPossible = name !== "" && password.length >= 10;
    const user = isPossible ? await users.register(name, password) : null;
    if (!user) {
      await login.flash(
        c,
        isPossible ? "This name is taken." : "Choose a name, and a password of 10 characters.",
      );
      return c.redirect("/register", 303);
    }
    await login.start(c, user, { methods: ["pwd"], remember });
    return c.redirect("/", 303);
  });

  app.post("/end-others", login.required, async (c) => {
    const ended = await login.endOtherSessions(c);
    await login.flash(c, `Logged out of ${ended} other${ended === 1 ? "" : "s"}.`);
    return c.redirect("/", 303);
  });

  app.post("/logout", async (c) => {
    await login.end(c);
    return c.redirect("/login", 303);
  });

  async function page(c: Context, title: string, content: unknown): Promise<Response> {
    const flashes = await login.takeFlashes(c);
    return c.html(html`
      <!DOCTYPE html>
      <html lang="en">
              <meta name="viewport" content="width=device-width">
              <title>${title}</title>
              <h1>${title}</h1>
              ${flashes.map(({ text }) => html`<p role="status">${text}</p>`)} ${content}
            </html>
    `);
  }

  return app;
}

/** Its action is the page itself, with the `next` of its query. */
function form(title: string, autocomplete: string) {
  return html`
    <form method="post">
      <p><label>Name <input name="name" maxlength="50" autocomplete="username" required></label></p>
      <p><label>Password <input name="password" type="password" maxlength="200"
            autocomplete="${autocomplete}" required></label></p>
      <p><label><input name="remember" type="checkbox"> Remember me</label></p>
      <button>${title}</button>
    </form>
    <p><a href="/login">Log in</a> or <a href="/register">register</a></p>
  `;
}

/** The fields of a form, none of them longer than somebody can type. */
async function fields(c: Context) {
  const body = await c.req.parseBody();
  const text = (name: string, length: number) => String(body[name] ?? "").slice(0, length);
  return {
    name: text("name", 50).trim(),
    password: text("password", 200),
    remember: body["remember"] === "on",
  };
}
