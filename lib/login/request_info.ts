import type { Options } from "./options.ts";
import { withoutVersions } from "./protection.ts";
import type { LoginUser } from "./session.ts";

/** What authentication needs to know of a request. */
export interface RequestInfo {
  readonly userAgent: string;
  /** The text that the fingerprint is made from. */
  readonly description: () => string;
  /** The network that it comes from, shortened; null when it is not known. */
  readonly network: () => string | null;
  readonly request: Request;
}

/** Describes a request as the options say. */
export function requestInfo<U extends LoginUser, Context>(
  request: Request,
  c: Context,
  { fingerprint, network }: Pick<Options<U, Context>, "fingerprint" | "network">,
): RequestInfo {
  const userAgent = request.headers.get("user-agent") ?? "";
  let description: string | undefined;
  return {
    userAgent,
    // Most requests need neither.
    description: () => description ??= fingerprint ? fingerprint(c) : withoutVersions(userAgent),
    network: () => network ? network(c) : null,
    request,
  };
}
