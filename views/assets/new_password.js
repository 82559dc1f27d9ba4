// Shows the strength of a new password while it is typed, and suggests a passphrase on request.
// The server assesses both; without this script it does so when the form is sent.
const input = document.getElementById("password");
const meter = document.getElementById("password-strength");
const advice = document.getElementById("password-advice");
const suggest = document.getElementById("password-suggest");
const live = document.getElementById("live");
let timer;
let request = new AbortController();

input.addEventListener("input", () => {
  clearTimeout(timer);
  request.abort();
  request = new AbortController();
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
  input.value = suggestion.passphrase;
  // Visible, so that the user can write it down; the form masks it again when it is sent.
  input.type = "text";
  document.querySelector("button.reveal[aria-controls=password]")?.setAttribute(
    "aria-pressed",
    "true",
  );
  input.dispatchEvent(new Event("input"));
  input.focus();
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
  meter.hidden = words === "";
  meter.value = score;
  advice.textContent = words;
  live.textContent = words;
}
