// Makes and uses passkeys (WebAuthn Level 3). Its forms stay hidden where the browser cannot.
const api = globalThis.PublicKeyCredential;
const live = document.getElementById("live");
const refreshAfter = 240_000; // milliseconds: a challenge ends after five minutes
let autofill = new AbortController();

if (api?.parseCreationOptionsFromJSON && api.parseRequestOptionsFromJSON) {
  for (const it of document.querySelectorAll("[data-passkey-only]")) it.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
} else {
  for (const it of document.querySelectorAll("[data-passkey-never]")) it.classList.add("shown");
}

function prepare(form) {
  const button = form.querySelector("button");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    autofill.abort(); // browsers refuse a second request
    show(form, "");
    try {
      send(form, await ask(form, {}));
    } catch (error) {
      const { cancelled, exists, failed } = form.dataset;
      show(form, { NotAllowedError: cancelled, InvalidStateError: exists }[error.name] ?? failed);
      offerAutofill(form);
    }
    button.disabled = false;
  });
  offerAutofill(form);
}

/** Lets the browser offer passkeys where it offers passwords. */
async function offerAutofill(form) {
  if (form.dataset.passkey !== "autofill") return;
  if (!await api.isConditionalMediationAvailable?.()) return;
  autofill = new AbortController();
  const { signal } = autofill;
  const timer = setTimeout(() => {
    autofill.abort();
    offerAutofill(form);
  }, refreshAfter);
  signal.addEventListener("abort", () => clearTimeout(timer));
  try {
    send(form, await ask(form, { mediation: "conditional", signal }));
  } catch {
    // Nobody asked for it: the password and the button are still there.
  }
}

async function ask(form, choice) {
  const request = { method: "POST", body: new URLSearchParams(), redirect: "manual" };
  const response = await fetch(form.dataset.options, { ...request, signal: choice.signal ?? null });
  if (response.type === "opaqueredirect") return location.reload(); // the page asks for a proof
  if (!response.ok) throw new Error();
  const options = await response.json();
  if (form.dataset.passkey === "create") {
    return await navigator.credentials.create({
      publicKey: api.parseCreationOptionsFromJSON(options),
    });
  }
  const publicKey = api.parseRequestOptionsFromJSON(options);
  return await navigator.credentials.get({ publicKey, ...choice });
}

function send(form, credential) {
  if (!credential) return;
  const { elements } = form;
  elements.credential.value = JSON.stringify(credential);
  if (elements.remember) elements.remember.disabled = !document.getElementById("remember").checked;
  form.requestSubmit();
}

function show(form, sentence) {
  const problem = form.querySelector(".problem");
  problem.hidden = !sentence;
  live.textContent = problem.textContent = sentence;
}
