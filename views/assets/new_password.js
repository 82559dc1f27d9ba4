// Shows the strength of a new password while it is typed, and suggests a passphrase on request.
// The server assesses both; without this script it does so when the form is sent.
const input = document.getElementById("password");
const field = input.parentElement;
const meter = document.getElementById("password-strength");
const advice = document.getElementById("password-advice");
const suggest = document.getElementById("password-suggest");
const copy = document.getElementById("password-copy");
const copyLabel = copy.textContent;
const reveal = document.querySelector("button.reveal[aria-controls=password]");
const live = document.getElementById("live");
let timer;
let request = new AbortController();

input.addEventListener("input", () => {
  clearTimeout(timer);
  request.abort();
  request = new AbortController();
  copy.hidden = input.value !== field.dataset.suggestion;
  if (copy.hidden) delete field.dataset.suggestion;
  if (input.value === "") return show({ score: 0, words: "" });
  timer = setTimeout(async () => {
    const fields = { password: input.value };
    for (const name of ["name", "email"]) fields[name] = input.form.elements[name]?.value ?? "";
    const assessment = await post("/password-strength", fields);
    if (assessment) show(assessment);
  }, 300);
});

suggest.hidden = false;
suggest.addEventListener("click", async () => {
  const suggestion = await post("/passphrase", {});
  if (!suggestion) return;
  input.value = field.dataset.suggestion = suggestion.passphrase;
  // Visible, so that the user can write it down; the form masks it again when it is sent.
  if (input.type === "password") reveal.click();
  copy.textContent = copyLabel;
  input.dispatchEvent(new Event("input"));
  input.focus();
});

copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(input.value);
  live.textContent = copy.textContent = copy.dataset.copied;
});

async function post(path, fields) {
  try {
    const body = new URLSearchParams(fields);
    const response = await fetch(path, { method: "POST", body, signal: request.signal });
    return response.ok ? await response.json() : null;
  } catch {
    return null; // aborted by the next key press, or offline
  }
}

function show({ score, words }) {
  meter.value = score;
  advice.textContent = words || advice.dataset.tip;
  live.textContent = words;
}
