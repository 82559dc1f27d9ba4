import { Hono } from "hono";
import type { Mailbox } from "../../lib/mail/mailbox.ts";
import type { Clock } from "../../lib/time.ts";
import { MailboxMailPage, MailboxPage } from "../../views/dev_mailbox.tsx";
import { allowFrames, setFramedMailHeaders } from "../middleware/headers.ts";

/** The mails that stayed here. Mounted in development only: anybody may read them. */
export function mailboxRoutes(
  { mailbox, now, origin }: { mailbox: Mailbox; now: Clock; origin: string },
) {
  const routes = new Hono();
  const { host } = new URL(origin);

  // Another site can give this machine a name of its own, and read what a browser then reads.
  routes.use("/dev/*", async (c, next) => {
    const asked = c.req.header("host") ?? new URL(c.req.url).host;
    return asked === host ? await next() : c.notFound();
  });

  routes.get("/dev/mailbox", async (c) => {
    const { text } = c.var;
    return c.render(
      <MailboxPage text={text} now={now()} mails={await mailbox.list()} />,
      { title: text.mailbox.title },
    );
  });

  routes.get("/dev/mailbox/:id", async (c) => {
    const entry = await mailbox.find(c.req.param("id"));
    if (!entry) return c.notFound();
    allowFrames(c);
    const htmlPath = `/dev/mailbox/${entry.id}/html`;
    return c.render(
      <MailboxMailPage text={c.var.text} now={now()} entry={entry} htmlPath={htmlPath} />,
      { title: entry.mail.subject },
    );
  });

  routes.get("/dev/mailbox/:id/html", async (c) => {
    const entry = await mailbox.find(c.req.param("id"));
    if (!entry) return c.notFound();
    setFramedMailHeaders(c);
    // A link opens in the place of the whole page: no page of the site opens in a frame.
    return c.html(entry.mail.html.replace("<head>", '<head><base target="_top">'));
  });

  return routes;
}
