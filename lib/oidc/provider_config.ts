import {
  developmentClient,
  microsoftIssuer,
  type Preset,
  presets,
  unknownPreset,
} from "./presets.ts";
import type { ProviderMark } from "./provider.ts";
import { isName, issuerFault, MAX_PROVIDERS, namesFault, schemeFault } from "./provider_faults.ts";

/** How a provider is reached, and what of its word counts. */
export interface ProviderConfig {
  /** In URLs and settings, such as `google`. */
  readonly name: string;
  readonly label: string;
  readonly mark: ProviderMark | null;
  readonly kind: "openid" | "github";
  /** Its metadata is at `/.well-known/openid-configuration` below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origins that its own pages send people on to, besides the one it asks them at. */
  readonly otherOrigins: readonly string[];
  /** Whether it can say when somebody logged in there. */
  readonly tellsAuthTime: boolean;
  readonly trust: ProviderTrust;
}

/** Which claims of a provider about a login count. */
export interface ProviderTrust {
  /** Values of `amr` that prove a second factor (RFC 8176). */
  readonly amr: readonly string[];
  /** Values of `acr` that do. */
  readonly acr: readonly string[];
  /** Whether a login is fresh as long as `auth_time` says. */
  readonly authTime: boolean;
}

/** The variables that say where people log in with an account of theirs. */
export type ProviderEnvironment =
  & Partial<Record<"APP_ENV" | "PORT" | "OIDC_PROVIDERS", string>>
  & { readonly [name: `OIDC_${string}`]: string };

const settings = [
  "CLIENT_ID",
  "CLIENT_SECRET",
  "ISSUER",
  "LABEL",
  "TENANT",
  "TRUST",
  "ORIGINS",
] as const;

type Setting = typeof settings[number];

/** The names of the variables that a value of `OIDC_PROVIDERS` asks for. */
export function providerVariables(providers: string): `OIDC_${string}`[] {
  const names = split(providers).filter(isName).slice(0, MAX_PROVIDERS);
  return names.flatMap((name) => settings.map((setting) => variable(name, setting)));
}

/**
 * Reads the providers that people may log in with, in the order of their buttons.
 *
 * @param report Gets each problem, a sentence that says what to set.
 */
export function readProviderConfigs(
  env: ProviderEnvironment,
  { origin }: { readonly origin: string },
  report: (problem: string) => void,
): readonly ProviderConfig[] {
  const names = split(env.OIDC_PROVIDERS ?? "");
  const fault = namesFault(names, env.APP_ENV === "development");
  if (fault) {
    report(fault);
    return [];
  }
  const configs = names.map((name) => new ProviderSettings(name, env, origin, report).read());
  for (const { name, issuer } of configs) {
    const first = configs.find((it) => it.issuer === issuer);
    if (!issuer || !first || first.name === name) continue;
    report(
      `OIDC_PROVIDERS has two names of one issuer, ${first.name} and ${name}: set only one of them.`,
    );
  }
  return configs;
}

/** The settings of one provider. What is missing or wrong is reported, and read as empty. */
class ProviderSettings {
  readonly #name: string;
  readonly #preset: Preset;
  readonly #env: ProviderEnvironment;
  readonly #origin: string;
  readonly #report: (problem: string) => void;

  constructor(
    name: string,
    env: ProviderEnvironment,
    origin: string,
    report: (problem: string) => void,
  ) {
    this.#name = name;
    this.#preset = presets.get(name) ?? unknownPreset(name);
    this.#env = env;
    this.#origin = origin;
    this.#report = report;
  }

  read(): ProviderConfig {
    const { mark, kind, tellsAuthTime, otherOrigins } = this.#preset;
    const isDev = this.#name === "dev";
    const trust = this.#trust();
    return {
      name: this.#name,
      label: this.#label(),
      mark,
      kind,
      issuer: this.#issuer(),
      clientId: isDev ? developmentClient.id : this.#credential("CLIENT_ID", 256),
      clientSecret: isDev ? developmentClient.secret : this.#credential("CLIENT_SECRET", 1024),
      otherOrigins: [...otherOrigins, ...this.#origins()],
      tellsAuthTime: tellsAuthTime || trust.authTime,
      trust,
    };
  }

  #credential(setting: "CLIENT_ID" | "CLIENT_SECRET", max: number): string {
    const text = this.#get(setting);
    if (!text) {
      this.#refuse(setting, "is not set: set it to the one that the provider gave you");
    } else if (text.length > max || !/^[!-~]+$/.test(text)) {
      this.#refuse(setting, "is not one that a provider gives: set it as the provider wrote it");
    }
    return text;
  }

  #label(): string {
    const text = this.#get("LABEL") || this.#preset.label;
    // Nothing that is invisible or turns the text around it.
    if (text.length > 40 || /[\p{C}\p{Zl}\p{Zp}]/u.test(text)) {
      this.#refuse("LABEL", "is not a name: set it to at most 40 printable characters");
    }
    return text;
  }

  #issuer(): string {
    const text = this.#get("ISSUER");
    if (this.#name === "microsoft" && !text) return this.#tenantIssuer();
    if (text && !this.#preset.takesIssuer) {
      this.#refuse("ISSUER", `is set, but the one of ${this.#name} is known: leave it out`);
    }
    const issuer = text || this.#preset.issuer ||
      (this.#name === "dev" ? developmentIssuer(this.#env.PORT) : "");
    if (!issuer) {
      this.#refuse("ISSUER", "is not set: set it to the provider's issuer, an https address");
      return "";
    }
    const fault = issuerFault(issuer, this.#origin);
    if (fault) this.#refuse("ISSUER", fault);
    return issuer;
  }

  #tenantIssuer(): string {
    const issuer = microsoftIssuer(this.#get("TENANT").toLowerCase());
    if (issuer === null) {
      this.#refuse(
        "TENANT",
        "does not say whose accounts count: set it to the id of your tenant, or to common, " +
          "organizations or consumers",
      );
    }
    return issuer ?? "";
  }

  #origins(): string[] {
    const origins = split(this.#get("ORIGINS"));
    const isOrigin = (text: string) =>
      URL.parse(text)?.origin === text && schemeFault(new URL(text), this.#origin) === null;
    if (origins.length > 10 || !origins.every(isOrigin)) {
      this.#refuse(
        "ORIGINS",
        "is not a list of origins: set it to at most ten such as https://login.example",
      );
      return [];
    }
    return origins;
  }

  #trust(): ProviderTrust {
    const words = split(this.#get("TRUST"));
    if (words.length === 0) return this.#preset.trust;
    if (this.#preset.kind === "github") {
      this.#refuse("TRUST", "is set, but GitHub says nothing to trust: leave it out");
    } else if (
      words.length > 20 ||
      !words.every((word) => word === "auth_time" || /^(?:amr|acr):[!-~]{1,200}$/.test(word))
    ) {
      this.#refuse(
        "TRUST",
        "has an unknown word: set it to a list of auth_time, amr: and a value, acr: and a value",
      );
    }
    const values = (claim: string) =>
      words.filter((word) => word.startsWith(claim)).map((word) => word.slice(claim.length));
    return { amr: values("amr:"), acr: values("acr:"), authTime: words.includes("auth_time") };
  }

  #get(setting: Setting): string {
    return this.#env[variable(this.#name, setting)]?.trim() ?? "";
  }

  #refuse(setting: Setting, fault: string): void {
    this.#report(`${variable(this.#name, setting)} ${fault}.`);
  }
}

/** The local provider's: a thousand ports above the site. */
function developmentIssuer(port = ""): string {
  return `http://localhost:${Number(port || 8000) + 1000}`;
}

function variable(name: string, setting: Setting): `OIDC_${string}` {
  return `OIDC_${name.toUpperCase().replaceAll("-", "_")}_${setting}`;
}

/** The words of a list with commas. */
function split(text: string): string[] {
  return text.trim() ? text.split(",").map((word) => word.trim()) : [];
}
