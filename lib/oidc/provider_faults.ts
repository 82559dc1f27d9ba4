import { isLoopback } from "../http/host.ts";

export const MAX_PROVIDERS = 10;

/** What is wrong with the names of the providers, a sentence that says what to set. */
export function namesFault(names: readonly string[], development: boolean): string | null {
  const odd = names.find((name) => !isName(name));
  if (odd !== undefined) {
    return "OIDC_PROVIDERS is not a list of names: set it to names such as google,acme, in small " +
      "letters, digits and hyphens, at most 31 characters each.";
  }
  if (new Set(names).size < names.length) {
    return "OIDC_PROVIDERS has a name twice: set it to each name once.";
  }
  if (names.length > MAX_PROVIDERS) {
    return `OIDC_PROVIDERS has too many names: set it to at most ${MAX_PROVIDERS}.`;
  }
  if (names.includes("apple")) {
    return "OIDC_PROVIDERS has apple, which sends its answer by a form of its own site, without " +
      "our cookie, and wants a secret that ends: set OIDC_PROVIDERS without it.";
  }
  if (names.includes("dev") && !development) {
    return "OIDC_PROVIDERS has dev, whose local provider lets everybody in: set APP_ENV to " +
      "development, or OIDC_PROVIDERS without it.";
  }
  return null;
}

/** What is wrong with an issuer. It is compared as text, so it has to be written as it is used. */
export function issuerFault(text: string, origin: string): string | null {
  const url = URL.parse(text);
  const isWhole = url !== null && text.length <= 255 && [text, `${text}/`].includes(url.href);
  if (!isWhole || url.username || url.password || /[?#]/.test(text)) {
    return "is not an issuer: set it to an address such as https://id.example";
  }
  return schemeFault(url, origin);
}

/** What is wrong with how an address is reached. */
export function schemeFault({ protocol, hostname }: URL, origin: string): string | null {
  if (protocol === "https:") return null;
  if (protocol === "http:" && isLoopback(hostname) && origin.startsWith("http:")) return null;
  return "is not https, which only this machine may do without, and only with a plain http " +
    "ORIGIN: set it to an https address";
}

/** Whether a provider may have this name. */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,30}$/.test(text);
}
