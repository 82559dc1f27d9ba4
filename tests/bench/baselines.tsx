/**
 * What the pages are compared with: `baselines.tsx constant`, `home`, or
 * `profile KV_PATH USER_ID SESSION_ID`. It listens on `PORT`.
 */
import { Hono } from "hono";
import type { PropsWithChildren } from "hono/jsx";
import type { User } from "../../lib/account/user.ts";
import { HomePage } from "../../views/home.tsx";
import { Layout } from "../../views/layout.tsx";
import { ProfilePage } from "../../views/profile.tsx";
import { en as text } from "../../views/text/en.ts";

const [kind, kvPath = "", userId = "", sessionId = ""] = Deno.args;
const app = new Hono();

if (kind === "constant") app.get("/", (c) => c.html("<!DOCTYPE html><title>A page</title>"));

if (kind === "home") {
  app.get("/", (c) => {
    return c.html(
      <Page path="/" title={text.home.title} user={null}>
        <HomePage text={text} user={null} />
      </Page>,
    );
  });
}

if (kind === "profile") {
  const kv = await Deno.openKv(kvPath);
  const keys = [["session", userId, sessionId], ["user", userId]] as const;
  app.get("/profile", async (c) => {
    const [session, { value: user }] = await kv.getMany<[unknown, User]>(keys);
    if (!session.value || !user) return c.notFound();
    return c.html(
      <Page path="/profile" title={text.profile.title} user={user}>
        <ProfilePage
          text={text}
          features={{ mail: false, loginByMail: false, providers: [] }}
          user={user}
        />
      </Page>,
    );
  });
}

interface PageProps {
  path: string;
  title: string;
  user: User | null;
}

function Page({ path, title, user, children }: PropsWithChildren<PageProps>) {
  return (
    <Layout
      text={text}
      title={title}
      user={user}
      flashes={[]}
      currentPath={path}
      mailboxPath={null}
    >
      {children}
    </Layout>
  );
}

const port = Number(Deno.env.get("PORT"));
Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, app.fetch);
