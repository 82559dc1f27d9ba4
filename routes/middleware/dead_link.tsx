import type { Context } from "hono";
import { DeadLinkPage } from "../../views/dead_link.tsx";

/**
 * Answers a mailed link that does not work: used, too old, or replaced by a newer one.
 *
 * @param again The page where another link can be asked for.
 */
export function deadLink(c: Context, again: string | null): Promise<Response> {
  const { text } = c.var;
  return c.render(<DeadLinkPage text={text} again={again} />, {
    title: text.deadLink.title,
    status: 410,
  });
}
