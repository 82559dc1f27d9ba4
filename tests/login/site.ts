import { type Clock, createLogin, type LoginEvent, type LoginOptions } from "@latchkey/login";
import { memoryStore } from "@latchkey/login/memory";
import { recommendedLifetimes, type StartOptions } from "@latchkey/login";
import { TestClient } from "@latchkey/login/testing";
import { Hono } from "hono";

export interface SiteUser {
  readonly id: string;
  readonly name: string;
  readonly active?: boolean;
  readonly epoch?: number;
}

const origin = "https://app.example";

/** A small site on the package alone, as a stranger would write one, with everything in sight. */
export function makeSite(options: Partial<LoginOptions<SiteUser>> = {}) {
  let time = new Date("2026-11-22T12:00:00Z").getTime();
  const now: Clock = () => new Date(time);
  const users = new Map<string, SiteUser>([
    ["1", { id: "1", name: "Ann" }],
    ["2", { id: "2", name: "Bob" }],
  ]);
  const loaded: string[] = [];
  const events: LoginEvent<SiteUser>[] = [];
  const reported: unknown[] = [];
  const ran: string[] = [];
  const store = memoryStore(now);
  const login = createLogin<SiteUser>({
    store,
    loadUser: (id) => {
      loaded.push(id);
      return Promise.resolve(users.get(id) ?? null);
    },
    keys: [new Uint8Array(32).fill(7)],
    origin,
    lifetimes: recommendedLifetimes,
    protection: "basic",
    now,
    loginPage: "/login",
    reauthenticatePage: "/reauthenticate",
    homePage: "/home",
    excludeFromNext: ["/logout"],
    events: {
      listen: (event) => void events.push(event),
      report: (error) => void reported.push(error),
    },
    ...options,
  });

  const app = new Hono();
  app.use(login.middleware);
  app.get("/public", (c) => c.text("public"));
  app.get("/who", async (c) => c.text((await login.user(c))?.name ?? "nobody"));
  app.on(["GET", "POST", "PUT"], "/members", login.required, (c) => {
    ran.push(`${c.req.method} /members`);
    return c.text(c.var.user.name);
  });
  app.on(["GET", "POST"], "/fresh", login.fresh, (c) => {
    ran.push(`${c.req.method} /fresh`);
    return c.text(c.var.user.name);
  });
  app.get("/guests", login.anonymous, (c) => c.text("guests"));
  app.post("/in/:id", async (c) => {
    const { id } = c.req.param();
    const user = users.get(id) ?? { id, name: "?" };
    const started = await login.start(c, user, {
      methods: ["pwd"],
      ...await c.req.json<Partial<StartOptions>>(),
    });
    return c.json({ ok: started.ok, who: (await login.user(c))?.name ?? "nobody" });
  });
  app.post("/out", async (c) => {
    const left = await login.end(c);
    return c.json({ left: left?.name ?? "nobody", who: (await login.user(c))?.name ?? "nobody" });
  });
  app.post("/prove", async (c) => c.json(await login.reauthenticate(c, ["pwd"]) !== null));
  app.get("/state", async (c) =>
    c.json({
      who: (await login.user(c))?.name ?? "nobody",
      fresh: await login.isFresh(c),
      remembered: await login.isRemembered(c),
    }));
  app.get("/flashes", async (c) => c.json(await login.takeFlashes(c)));
  app.post("/flash/:text", async (c) => {
    await login.flash(c, c.req.param("text"));
    return c.body(null, 204);
  });
  app.get("/data", async (c) => c.json(await login.readData(c)));
  app.post("/data/:name/:value", async (c) => {
    const { name, value } = c.req.param();
    return c.json(await login.updateData(c, (data) => ({ ...data, [name]: value })));
  });
  app.get("/next", async (c) => c.text(await login.takeNext(c, c.req.query("next"))));

  const client = () => new TestClient(app, origin);
  /** A client of Ann's that has a remember cookie, and no session any more. */
  const remembered = async () => {
    const made = client();
    await logIn(made, "1", { remember: true });
    made.restart();
    return made;
  };
  return {
    app,
    login,
    store,
    users,
    loaded,
    events,
    reported,
    ran,
    now,
    client,
    pass: (duration: number) => void (time += duration),
    /** The types of the events so far, without the look-ups. */
    eventTypes: () => events.map(({ type }) => type).filter((type) => type !== "accessed"),
    /** A client in which somebody logged in. */
    async loggedIn(id: string, options: Partial<StartOptions> = {}): Promise<TestClient> {
      const made = client();
      await logIn(made, id, options);
      return made;
    },
    remembered,
    /** The same, after it used its cookie, and a copy that has the former one. */
    async redeemed() {
      const browser = await remembered();
      const late = browser.copy();
      await browser.request("/who");
      return { browser, late };
    },
  };
}

export type Site = ReturnType<typeof makeSite>;

/** A test with a site of its own. */
export function test(name: string, run: (site: Site) => Promise<void>): void {
  Deno.test(name, () => run(makeSite()));
}

/** Logs a client in, by the site's own route. */
export function logIn(
  client: TestClient,
  id: string,
  options: Partial<StartOptions> = {},
): Promise<Response> {
  return client.request(`/in/${id}`, { method: "POST", body: JSON.stringify(options) });
}

export async function textOf(
  client: TestClient,
  path: string,
  init: RequestInit = {},
): Promise<string> {
  return await (await client.request(path, init)).text();
}

export const post = { method: "POST" };

/** What a session knows of itself: who, fresh, remembered. */
export async function stateOf(client: TestClient) {
  return await (await client.request("/state")).json() as {
    who: string;
    fresh: boolean;
    remembered: boolean;
  };
}

export const cookie = { session: "__Host-session", remember: "__Host-remember" };
