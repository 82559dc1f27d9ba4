import type { Page, Request, Response } from "playwright-core";

/** As it stands in a link: `<user>.<purpose or id>.<secret>`. */
const token = /[\w-]{22}\.[\w-]+\.[\w-]{43}/;

/** What a browser did with mailed tokens. */
export interface MailedTokens {
  /** The links that were opened. */
  readonly opened: readonly string[];
  /** Every other place where a token was: an address bar, a header, a page. */
  leaks(): Promise<string[]>;
}

/** Looks for mailed tokens in all that a browser sends and shows, except for the mailbox. */
export function watchTokens(page: Page): MailedTokens {
  const opened: string[] = [];
  const requests: Request[] = [];
  const addresses: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on("request", (request) => {
    requests.push(request);
    if (token.test(request.url())) opened.push(new URL(request.url()).pathname);
  });
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  page.on("response", (response) => {
    if (!isRedirect(response) && !isMailbox(response.url())) bodies.push(bodyOf(response));
  });

  return {
    opened,
    leaks: async () => {
      const headers = await Promise.all(requests.map(async (it) => ({
        url: it.url(),
        referer: (await it.allHeaders()).referer ?? "",
      })));
      return [
        ...addresses.filter((it) => token.test(it)).map((it) => `the address bar: ${it}`),
        ...headers.filter(({ referer }) => token.test(referer)).map(({ url }) => `Referer: ${url}`),
        ...(await Promise.all(bodies)).filter((it) => token.test(it)).map((it) => `a page: ${it}`),
      ];
    },
  };
}

const isMailbox = (url: string) => new URL(url).pathname.startsWith("/dev/mailbox");
const isRedirect = (response: Response) => response.status() >= 300 && response.status() < 400;

async function bodyOf(response: Response): Promise<string> {
  return `${response.url()} ${await response.text().catch(() => "")}`;
}
