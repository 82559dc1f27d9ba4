import { memo } from "../login/memo.ts";

/** A host name has at most 253 characters (RFC 1035 §2.3.4), a port 5. */
const MAX_HOST_LENGTH = 260;

/** Whether the value of a `Host` header is a host, with or without a port (RFC 9110 §7.2). */
export function isHost(text: string): boolean {
  return text.length <= MAX_HOST_LENGTH && isShortHost(text);
}

/** Whether the host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

const isShortHost = memo(
  (text: string) =>
    /^(?:\w[\w.-]*|\[[\da-f:.]+\])(?::\d*)?$/i.test(text) && URL.canParse(`http://${text}`),
  100,
);
