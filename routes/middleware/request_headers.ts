import type { Context } from "hono";

/** The longest value of each header that the app reads, in UTF-16 units. */
const maxLengths = Object.entries({
  accept: 2048,
  "accept-language": 2048,
  authorization: 8192,
  "content-type": 1024,
  cookie: 16384, // cookies of other apps on localhost come along
  origin: 512,
  purpose: 128,
  referer: 8192,
  "sec-fetch-dest": 128,
  "sec-fetch-site": 128,
  "sec-purpose": 128,
  "user-agent": 2048,
  "x-forwarded-for": 4096,
  "x-moz": 128,
});

/** Refuses a header that is too long to be worth reading. */
export function judgeHeaders(c: Context): "headers_too_long" | null {
  const isTooLong = maxLengths.some(([name, max]) => (c.req.header(name)?.length ?? 0) > max);
  return isTooLong ? "headers_too_long" : null;
}
