import { HtmlValidate } from "html-validate";
import { audit } from "../support/accessibility.ts";
import { testPages } from "../support/page_looks.ts";

testPages({
  what: "wide, light, English",
  check: async (page, html) => [...await invalid(html), ...await audit(page)],
  viewport: { width: 1280, height: 800 },
  colorScheme: "light",
  locale: "en-GB",
});

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    // Matters of style that Hono's renderer decides.
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "doctype-style": "off",
    "void-style": "off",
    // The choice of roles and scopes.
    "form-dup-name": ["error", { shared: ["radio", "submit", "checkbox"] }],
  },
});

/** The findings of html-validate in a page as served. */
async function invalid(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}, ${message} (line ${line})`)
  );
}
