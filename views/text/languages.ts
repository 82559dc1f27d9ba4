import { en, type Text } from "./en.ts";
import { it } from "./it.ts";

/** The languages of the site. The first is the default. */
export const languages: readonly [Text, ...Text[]] = [en, it];
