import { adminFlows } from "./admin_flows.ts";
import { apiTokenFlows } from "./api_token_flows.ts";
import { type Flow, flows, mailFlows } from "./flows.ts";
import { identityFlows } from "./identity_flows.ts";
import { passkeyFlows } from "./passkey_flows.ts";
import { secondFactorFlows } from "./second_factor_flows.ts";
import { totpFlows } from "./totp_flows.ts";

/** Every action of a person that changes the database, on every kind of site. */
export const allFlows: readonly Flow[] = [
  ...flows,
  ...totpFlows,
  ...passkeyFlows,
  ...secondFactorFlows,
  ...identityFlows,
  ...adminFlows,
  ...apiTokenFlows,
  ...mailFlows,
];
