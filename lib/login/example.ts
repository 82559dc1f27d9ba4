/**
 * A complete small site on `@latchkey/login`: a login form with a remember box, a private page, a
 * page that needs a fresh login, and logging out. `deno run -A example.ts` serves it on
 * http://localhost:8000.
 *
 * @module
 */
import { createLogin, recommendedLifetimes, type SessionStore } from "@latchkey/login";
import { kvStore } from "@latchkey/login/kv";
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { html } from "hono/html";

interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

/** Yours come from a database, and their passwords are hashed. */
const users: readonly User[] = [{ id: "1", name: "Ann", password: "seven quiet otters row" }];

/** Makes the site: what a test gives its own store and clock. */
export function makeExample(store: SessionStore, now: () => Date): Hono {
  const login = createLogin<User>({
    store,
    loadUser: (id) => Promise.resolve(users.find((user) => user.id === id) ?? null),
    keys: [crypto.getRandomValues(new Uint8Array(32))], // keep yours between restarts
    origin: "http://localhost:8000",
    lifetimes: recommendedLifetimes,
    protection: "basic",
    now,
    loginPage: "/login",
    reauthenticatePage: "/reauthenticate",
    homePage: "/",
    excludeFromNext: ["/logout"],
  });

  const app = new Hono();
  app.use(csrf({ origin: login.origin })); // forms of other sites are refused
  app.use(login.middleware);

  app.get("/", login.required, (c) =>
    page(
      c,
      `Hi ${c.var.user.name}!`,
      html`
        <p><a href="/diary">Your diary</a></p>
        <form method="post" action="/logout"><button>Log out</button></form>
      `,
    ));

  app.get(
    "/diary",
    login.fresh,
    (c) => page(c, "Dear diary", html`<p>Nobody else reads this.</p>`),
  );

  app.get(
    "/login",
    login.anonymous,
    (c) => page(c, "Log in", form(c, "/login", c.req.query("next"))),
  );

  app.post("/login", login.anonymous, async (c) => {
    const { name, password, remember, next } = await fields(c);
    const user = users.find((it) => it.name === name && it.password === password);
    if (!user) {
      await login.reportFailure(c, "wrong");
      await login.flash(c, "Wrong name and/or password.");
      return page(c, "Log in", form(c, "/login", next));
    }
    await login.start(c, user, { methods: ["pwd"], remember: remember === "on" });
    await login.flash(c, "Logged in successfully.");
    return c.redirect(await login.takeNext(c, next), 303);
  });

  app.get(
    "/reauthenticate",
    login.required,
    (c) => page(c, "Is it you?", form(c, "/reauthenticate", c.req.query("next"))),
  );

  app.post("/reauthenticate", login.required, async (c) => {
    const { password, next } = await fields(c);
    if (password !== c.var.user.password) {
      return page(c, "Is it you?", form(c, "/reauthenticate", next));
    }
    await login.reauthenticate(c, ["pwd"]);
    return c.redirect(await login.takeNext(c, next), 303);
  });

  app.post("/logout", async (c) => {
    await login.end(c);
    return c.redirect("/login", 303);
  });

  async function page(c: Context, title: string, content: unknown): Promise<Response> {
    const flashes = await login.takeFlashes(c);
    return c.html(html`<!DOCTYPE html><title>${title}</title><h1>${title}</h1>
      ${flashes.map(({ text }) => html`<p role="status">${text}</p>`)}${content}`);
  }

  return app;
}

function form(c: Context, action: string, next: string | undefined) {
  return html`<form method="post" action="${action}">
    ${action === "/login" ? html`<label>Name <input name="name"></label>` : ""}
    <label>Password <input name="password" type="password"></label>
    ${
    action === "/login"
      ? html`<label><input name="remember" type="checkbox"> Remember me</label>`
      : ""
  }
    <input type="hidden" name="next" value="${next ?? c.req.query("next") ?? ""}">
    <button>Go on</button>
  </form>`;
}

async function fields(c: Context): Promise<Record<string, string | undefined>> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value === "string"),
  ) as Record<string, string>;
}

if (import.meta.main) {
  const app = makeExample(kvStore(await Deno.openKv()), () => new Date());
  Deno.serve({ hostname: "localhost" }, app.fetch);
}
