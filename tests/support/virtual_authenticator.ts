import type { CDPSession, Page } from "playwright-core";

/** A passkey with its private key, as the DevTools protocol has it. */
export interface Credential {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly privateKey: string;
  readonly signCount: number;
}

/** Chromium's virtual authenticator: a passkey provider without a screen or a finger. */
export class VirtualAuthenticator {
  readonly #session: CDPSession;
  readonly #authenticatorId: string;

  private constructor(session: CDPSession, authenticatorId: string) {
    this.#session = session;
    this.#authenticatorId = authenticatorId;
  }

  static async plugIn(page: Page): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Whether the user passes the check of their fingerprint or PIN. */
  async setVerified(isUserVerified: boolean): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  }

  async credentials(): Promise<Credential[]> {
    const authenticatorId = this.#authenticatorId;
    const { credentials } = await this.#session.send("WebAuthn.getCredentials", {
      authenticatorId,
    });
    return credentials;
  }

  /** Sets the counter of its passkey, as if it had been copied before it was used. */
  async setCounter(signCount: number): Promise<void> {
    const [passkey] = await this.credentials();
    if (passkey) await this.put({ ...passkey, signCount });
  }

  /** Puts this passkey in the place of the one with the same id, if there is one. */
  async put(credential: Credential): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    const { credentialId } = credential;
    if ((await this.credentials()).some((it) => it.credentialId === credentialId)) {
      await this.#session.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
    }
    await this.#session.send("WebAuthn.addCredential", { authenticatorId, credential });
  }
}
