/**
 * The language that suits an `Accept-Language` header best, of those that are offered; null when it
 * asks for none of them. RFC 9110 §12.5.4, by the lookup of RFC 4647 §3.4: "it-CH" is content with
 * "it".
 */
export function preferredLanguage<Tag extends string>(
  header: string,
  offered: readonly Tag[],
): Tag | null {
  const ranges = header.toLowerCase().split(",").slice(0, MAX_RANGES).flatMap(readRange);
  const wishes = offered.map((tag) => ({ tag, wish: wishFor(tag.toLowerCase(), ranges) }));
  const [best] = wishes
    .filter(({ wish }) => wish.quality > 0)
    .sort((a, b) => b.wish.quality - a.wish.quality || a.wish.place - b.wish.place);
  return best?.tag ?? null;
}

/** Nobody speaks more languages than this; somebody may send more. */
const MAX_RANGES = 50;

interface Range {
  readonly tag: string;
  readonly quality: number;
  /** Where it stands: of equals, the first is meant. */
  readonly place: number;
}

/** How much a language is wanted. "*" speaks for those that nothing else names. */
function wishFor(tag: string, ranges: readonly Range[]): Omit<Range, "tag"> {
  const naming = ranges.filter((range) => range.tag === tag || range.tag.startsWith(`${tag}-`));
  const meant = naming.length > 0 ? naming : ranges.filter((range) => range.tag === "*");
  return meant.reduce(
    (best, range) => range.quality > best.quality ? range : best,
    { quality: 0, place: ranges.length },
  );
}

/** Reads "it-CH;q=0.8"; what is not a range counts for nothing. */
function readRange(text: string, place: number): Range[] {
  const [, tag, quality = "1"] =
    /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/
      .exec(text) ?? [];
  return tag ? [{ tag, quality: Number(quality), place }] : [];
}
