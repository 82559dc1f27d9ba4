/**
 * The offered language that an `Accept-Language` header prefers (RFC 9110 §12.5.4); null when it
 * accepts none of them. A range matches the language it begins with: "it-CH" accepts "it"
 * (RFC 4647 §3.4), and so does "it_CH", which some programs send.
 */
export function preferredLanguage<Tag extends string>(
  header: string,
  offered: readonly Tag[],
): Tag | null {
  const ranges = header.toLowerCase().replaceAll("_", "-").split(",").slice(0, MAX_RANGES).flatMap(
    readRange,
  );
  const [best] = offered
    .map((tag) => ({ ...preferenceFor(tag.toLowerCase(), ranges), tag }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.position - b.position);
  return best?.tag ?? null;
}

/** Limits the work for a hostile header. */
const MAX_RANGES = 50;

interface Range {
  readonly tag: string;
  readonly quality: number;
  /** The index in the header: among equal qualities the first range wins. */
  readonly position: number;
}

/** How much the header prefers a language. "*" counts for languages that no other range matches. */
function preferenceFor(tag: string, ranges: readonly Range[]): Omit<Range, "tag"> {
  const exact = ranges.filter((range) => range.tag === tag || range.tag.startsWith(`${tag}-`));
  const matching = exact.length > 0 ? exact : ranges.filter((range) => range.tag === "*");
  return matching.reduce(
    (best, range) => range.quality > best.quality ? range : best,
    { quality: 0, position: ranges.length },
  );
}

/** Reads a range such as "it-CH;q=0.8"; anything else gives none. */
function readRange(text: string, position: number): Range[] {
  const [, tag, quality = "1"] =
    /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/
      .exec(text) ?? [];
  return tag ? [{ tag, quality: Number(quality), position }] : [];
}
