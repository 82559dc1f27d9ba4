/**
 * Where a request comes from: the socket's address or, behind trusted proxies, what the outermost of
 * them saw. Each proxy appends to `X-Forwarded-For`, so only its right end is theirs to say: what
 * stands further left was sent by the client.
 */
export function clientAddress(
  socket: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string | null {
  const own = parseAddress(socket ?? "");
  if (trustedProxies === 0) return own;
  const chain = (forwardedFor ?? "").split(",");
  return parseAddress(chain.at(-trustedProxies) ?? "") ?? own;
}

/** What limits count by: an IPv4 address, or an IPv6 /64, which one household or machine has whole. */
export function networkPrefix(address: string | null): string {
  if (address === null) return "unknown";
  const groups = groupsOf(address);
  return groups ? `${canonicalIpv6(`${groups.slice(0, 4).join(":")}::`)}/64` : address;
}

/** As much of an address as people are shown: the IPv4 /24, or the IPv6 /48. */
export function anonymizeAddress(address: string | null): string | null {
  if (address === null) return null;
  const groups = groupsOf(address);
  return groups
    ? `${groups.slice(0, 3).join(":")}:x`
    : `${address.split(".").slice(0, 3).join(".")}.x`;
}

/** The one spelling of an address, without port and zone; null when the text is no address. */
export function parseAddress(text: string): string | null {
  const [, ipv4, bracketed, bare] = spelling.exec(text.trim()) ?? [];
  if (ipv4 !== undefined) return isIpv4(ipv4) ? ipv4 : null;
  return canonicalIpv6(bracketed ?? bare ?? "");
}

/** `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`, and zones (RFC 4007 §11). */
const spelling =
  /^(?:([\d.]+)(?::\d{1,5})?|\[([\da-f:.]+)(?:%[\w.-]+)?\](?::\d{1,5})?|([\da-f:.]+)(?:%[\w.-]+)?)$/i;

/** Four bytes in decimal: `010` is eight to some and ten to others, so it is nothing. */
function isIpv4(text: string): boolean {
  const bytes = text.split(".");
  return bytes.length === 4 &&
    bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255);
}

/** RFC 5952; an IPv4 address that came through an IPv6 socket (`::ffff:192.0.2.1`) is that IPv4 address. */
function canonicalIpv6(text: string): string | null {
  const canonical = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) return null;
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = [high, low].map((group) => parseInt(group, 16)).flatMap((
    it,
  ) => [it >> 8, it & 255]);
  return bytes.join(".");
}

/** The eight groups of a canonical IPv6 address; null for IPv4. */
function groupsOf(address: string): string[] | null {
  if (!address.includes(":")) return null;
  const [left = [], right = []] = address.split("::").map((part) =>
    part.split(":").filter(Boolean)
  );
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right];
}
