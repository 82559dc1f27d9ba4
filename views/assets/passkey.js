// Makes and uses passkeys (WebAuthn Level 3). Its buttons stay hidden where the browser cannot.
const api = globalThis.PublicKeyCredential;
const live = document.getElementById("live");
const refreshAfter = 240_000; // milliseconds: a challenge ends after five minutes
let autofill = new AbortController();

if (api?.parseCreationOptionsFromJSON && api.parseRequestOptionsFromJSON) {
  for (const it of document.querySelectorAll("[data-passkey-only]")) it.hidden = false;
  for (const part of document.querySelectorAll("[data-passkey]")) prepare(part);
} else {
  for (const it of document.querySelectorAll("[data-passkey-never]")) it.classList.add("shown");
}

/** The part of a page that a passkey answers: a form, or a button inside one. */
function prepare(part) {
  const button = part.querySelector("button");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (button.disabled || !part.closest("form").reportValidity()) return;
    button.disabled = true;
    autofill.abort(); // browsers refuse a second request
    show(part, "");
    try {
      send(part, await ask(part, {}));
    } catch (error) {
      const { cancelled, exists, failed } = part.dataset;
      show(part, { NotAllowedError: cancelled, InvalidStateError: exists }[error.name] ?? failed);
      offerAutofill(part);
    }
    button.disabled = false;
  });
  const first = { capture: true }; // before the script that sends a form once
  part.closest("form").addEventListener("submit", (event) => keepApart(event, button), first);
  offerAutofill(part);
}

/** A form with other buttons, too: what they send has no passkey's answer. */
function keepApart(event, button) {
  const { submitter, target: { elements } } = event;
  if (!submitter) return; // the answer of a passkey
  elements.credential.value = ""; // browsers restore an old one on the way back
  if (!submitter.closest("details:not([open])")) return;
  event.stopImmediatePropagation();
  event.preventDefault(); // Enter in a field pressed a button that nobody sees
  button.click();
}

/** Lets the browser offer passkeys where it offers passwords. */
async function offerAutofill(part) {
  if (part.dataset.passkey !== "autofill") return;
  if (!await api.isConditionalMediationAvailable?.()) return;
  autofill = new AbortController();
  const { signal } = autofill;
  const timer = setTimeout(() => {
    autofill.abort();
    offerAutofill(part);
  }, refreshAfter);
  signal.addEventListener("abort", () => clearTimeout(timer));
  try {
    send(part, await ask(part, { mediation: "conditional", signal }));
  } catch {
    // Nobody asked for it: the password and the button are still there.
  }
}

async function ask(part, choice) {
  const request = { method: "POST", body: new URLSearchParams(), redirect: "manual" };
  const response = await fetch(part.dataset.options, { ...request, signal: choice.signal ?? null });
  if (response.type === "opaqueredirect") return location.replace(pageOf(part)); // asks for a proof
  if (!response.ok) throw new Error();
  const options = await response.json();
  if (part.dataset.passkey === "create") {
    return await navigator.credentials.create({
      publicKey: api.parseCreationOptionsFromJSON(options),
    });
  }
  const publicKey = api.parseRequestOptionsFromJSON(options);
  return await navigator.credentials.get({ publicKey, ...choice });
}

/** Where the form is shown. Here may be an answer to it, and to reload that sends it again. */
function pageOf(part) {
  const { action, elements } = part.closest("form");
  const next = elements.next?.value;
  return next ? `${action}?${new URLSearchParams({ next })}` : action;
}

function send(part, credential) {
  if (!credential) return;
  const form = part.closest("form");
  const { elements } = form;
  elements.credential.value = JSON.stringify(credential);
  if (elements.remember) elements.remember.disabled = !document.getElementById("remember").checked;
  form.requestSubmit();
}

function show(part, sentence) {
  const problem = part.querySelector(".problem");
  problem.hidden = !sentence;
  live.textContent = problem.textContent = sentence;
}
