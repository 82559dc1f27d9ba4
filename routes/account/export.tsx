import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import { DAY } from "../../lib/time.ts";
import { ExportPage } from "../../views/account/export.tsx";
import type { Services } from "../services.ts";

/** Each reads everything about the person. */
const MAX_EXPORTS_A_DAY = 10;

/** Gives a person everything that the site knows about them, as one JSON file. */
export function exportRoutes(
  { kv, guards, accountExport, activity, events, now }: Pick<
    Services,
    "kv" | "guards" | "accountExport" | "activity" | "events" | "now"
  >,
) {
  const routes = new Hono();

  routes.get("/account/export", guards.fresh, (c) => page(c));

  routes.post("/account/export", guards.fresh, async (c) => {
    const { user } = c.var;
    if (await isTooOften(user)) return await page(c, "too_often");
    const operation = kv.atomic();
    await activity.join(operation, c, user.id, "exported");
    await operation.commit();
    const pieces = accountExport.pieces(user);
    const bytes = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
    const day = now().toISOString().slice(0, 10);
    return c.body(bytes, 200, {
      "Content-Type": "application/json",
      "Content-Disposition": `attachment; filename="latchkey-account-${day}.json"`,
    });
  });

  async function isTooOften({ id }: User): Promise<boolean> {
    const { events: made } = await events.list(id, { kind: "exported", limit: MAX_EXPORTS_A_DAY });
    const earliest = made[MAX_EXPORTS_A_DAY - 1];
    return earliest !== undefined && now().getTime() - earliest.at.getTime() < DAY;
  }

  function page(c: Context, problem?: "too_often") {
    const { text, features } = c.var;
    return c.render(<ExportPage text={text} features={features} problem={problem} />, {
      title: text.dataExport.title,
      status: problem && 429,
    });
  }

  return routes;
}
