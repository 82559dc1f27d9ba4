import type { ProviderPerson } from "./oidc_people.ts";

/** Follows a redirect of the site to the provider, as a browser does: where it leads back to. */
export async function signInAt(
  url: string,
  person: ProviderPerson,
  browser = new ProviderBrowser(),
): Promise<string> {
  return await browser.answer(url, { subject: person.subject });
}

/** Says no when the provider asks: where it leads back to. */
export async function refuseAt(url: string, browser = new ProviderBrowser()): Promise<string> {
  return await browser.answer(url, { refuse: "yes" });
}

/** Somebody's browser at the provider: it keeps their session there. */
export class ProviderBrowser {
  readonly #cookies = new Map<string, string>();

  /** Answers the page that asks who they are, unless the provider knows: where it leads back to. */
  async answer(url: string, fields: Record<string, string>): Promise<string> {
    const { origin } = new URL(url);
    let next = url;
    for (let hops = 0; hops < 10; hops++) {
      let response = await this.#request(next);
      if (response.status === 200) {
        await response.body?.cancel();
        response = await this.#request(next, { method: "POST", body: new URLSearchParams(fields) });
      }
      const body = await response.text();
      const location = response.headers.get("location");
      if (!location) throw new Error(`The provider answered ${response.status}: ${body}`);
      next = new URL(location, next).href;
      if (new URL(next).origin !== origin) return next;
    }
    throw new Error(`The provider leads nowhere: ${next}`);
  }

  async #request(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    return response;
  }
}
