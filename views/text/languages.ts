import { en, type Text } from "./en.ts";
import { it } from "./it.ts";

/** The languages of the site. The first answers those who speak none of them. */
export const languages: readonly [Text, ...Text[]] = [en, it];
