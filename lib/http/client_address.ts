/**
 * The address of the client: the address of the socket or, behind trusted proxies, the address that
 * the first of them saw. Each proxy appends an entry to `X-Forwarded-For`, so only the last entries
 * are trusted: the client can send anything before them.
 */
export function clientAddress(
  socket: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string | null {
  const chain = trustedProxies === 0 ? [] : (forwardedFor ?? "").split(",");
  return parseAddress(chain.at(-trustedProxies) ?? "") ?? parseAddress(socket ?? "");
}

/** The network that limits count: an IPv4 address, or an IPv6 /64, which one subscriber has. */
export function networkPrefix(address: string | null): string {
  if (address === null) return "unknown";
  const groups = groupsOf(address);
  return groups ? `${canonicalIpv6(`${groups.slice(0, 4).join(":")}::`)}/64` : address;
}

/** The IPv6 /48, which one subscriber may have as well; null for an IPv4 address. */
export function ipv6BlockPrefix(address: string | null): string | null {
  const groups = address === null ? null : groupsOf(address);
  return groups && `${canonicalIpv6(`${groups.slice(0, 3).join(":")}::`)}/48`;
}

/** The part of an address that users see: the IPv4 /24 or the IPv6 /48. */
export function anonymizeAddress(address: string | null): string | null {
  if (address === null) return null;
  const groups = groupsOf(address);
  return groups
    ? `${groups.slice(0, 3).join(":")}:x`
    : `${address.split(".").slice(0, 3).join(".")}.x`;
}

/** The canonical form of an address, without port and zone; null when the text is no address. */
export function parseAddress(text: string): string | null {
  const [, ipv4, bracketed, bare] = addressForms.exec(text.trim()) ?? [];
  if (ipv4 !== undefined) return isIpv4(ipv4) ? ipv4 : null;
  return canonicalIpv6(bracketed ?? bare ?? "");
}

/** `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`, with a zone (RFC 4007 §11). */
const addressForms =
  /^(?:([\d.]+)(?::\d{1,5})?|\[([\da-f:.]+)(?:%[\w.-]+)?\](?::\d{1,5})?|([\da-f:.]+)(?:%[\w.-]+)?)$/i;

/** Four bytes in decimal, without leading zeros: some programs read `010` as eight. */
function isIpv4(text: string): boolean {
  const bytes = text.split(".");
  return bytes.length === 4 &&
    bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255);
}

/** The form of RFC 5952. A mapped address (`::ffff:192.0.2.1`) becomes the IPv4 address. */
function canonicalIpv6(text: string): string | null {
  const canonical = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) return null;
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const groups = [high, low].map((group) => parseInt(group, 16));
  return groups.flatMap((group) => [group >> 8, group & 255]).join(".");
}

/** The eight groups of a canonical IPv6 address; null for an IPv4 address. */
function groupsOf(address: string): string[] | null {
  if (!address.includes(":")) return null;
  const [left = [], right = []] = address.split("::").map((part) =>
    part.split(":").filter(Boolean)
  );
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right];
}
