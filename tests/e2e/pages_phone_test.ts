import { auditLook } from "../support/accessibility.ts";
import { testPages } from "../support/page_looks.ts";

// This look checks again only what a width, a colour scheme or a language can change.
testPages({
  what: "on a phone, dark, Italian",
  check: auditLook,
  viewport: { width: 390, height: 844 },
  colorScheme: "dark",
  locale: "it-IT",
  hasTouch: true,
});
