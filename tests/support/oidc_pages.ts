import type { ProviderPerson } from "./oidc_people.ts";

/** Asks who somebody is: one click for each of these people, or an address. */
export function loginPage(people: Iterable<ProviderPerson>, site: string): string {
  const buttons = [...people].map((person) =>
    `<p><button type="submit" name="subject" value="${escape(person.subject)}">${
      escape(person.name)
    }</button>
      ${escape(description(person))}</p>`
  );
  return page(
    "Who are you?",
    `<p>${escape(site)} wants to know. Nobody asks for a password here.</p>
    <form method="post">${buttons.join("\n")}</form>
    <form method="post">
      <p><label for="email">Somebody else, with a verified address</label><br>
      <input id="email" name="email" type="email" autocomplete="off" required>
      <button type="submit">Continue</button></p>
    </form>
    <form method="post"><p><button type="submit" name="refuse" value="yes">Do not tell</button></p></form>`,
  );
}

/** Shows who is logged in here, and logs them out everywhere. */
export function homePage(people: readonly ProviderPerson[]): string {
  const buttons = people.map((person) =>
    `<p><button type="submit" name="subject" value="${escape(person.subject)}">Log out ${
      escape(person.name)
    }</button></p>`
  );
  return page(
    "The local provider",
    people.length > 0
      ? `<p>These people are logged in here. A logout ends their sessions at the site, too.</p>
        <form method="post" action="/log-out">${buttons.join("\n")}</form>`
      : "<p>Nobody is logged in here.</p>",
  );
}

function description({ claims, amr }: ProviderPerson): string {
  const address = typeof claims.email === "string" ? claims.email : "no address";
  const verified = claims.email && claims.email_verified !== true ? ", which nobody verified" : "";
  return `${address}${verified}${amr.includes("mfa") ? ", and a second factor" : ""}`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>
      :root { color-scheme: light dark; }
      body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem; }
      button, input { font: inherit; padding: 0.4rem 0.9rem; }
    </style>
  </head>
  <body><main><h1>${title}</h1>${body}</main></body>
</html>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replaceAll(/[&<>"]/g, (char) => entities[char] ?? char);
}
