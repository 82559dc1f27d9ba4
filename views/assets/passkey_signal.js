// Tells the browser which passkeys work here, so that it offers no others, and what they are called
// (Signal API).
const api = globalThis.PublicKeyCredential;
const rpId = location.hostname;

for (const { dataset } of document.querySelectorAll("[data-passkey-signal]")) {
  const { credentialId, userId, allAcceptedCredentialIds, name, displayName } = JSON.parse(
    dataset.passkeySignal,
  );
  if (credentialId) signal("signalUnknownCredential", { rpId, credentialId });
  if (allAcceptedCredentialIds) {
    signal("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds });
  }
  if (name) signal("signalCurrentUserDetails", { rpId, userId, name, displayName });
}

/** A browser without it, or one that refuses, goes on offering what it knows. */
function signal(method, facts) {
  api?.[method]?.(facts).catch(() => {});
}
