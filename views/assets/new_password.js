// How strong a new password is, while it is typed, and a passphrase for whoever wants one. The server knows
// both, by the same rules as when the form is sent; without this script it says so then.
const input = document.getElementById("password");
const meter = document.getElementById("password-strength");
const advice = document.getElementById("password-advice");
const suggest = document.getElementById("password-suggest");
const live = document.getElementById("live");
let pause;
let asked = new AbortController();

input.addEventListener("input", () => {
  clearTimeout(pause);
  asked.abort();
  asked = new AbortController();
  if (input.value === "") return show({ score: 0, words: "" });
  pause = setTimeout(async () => {
    const fields = { password: input.value };
    for (const name of ["name", "email"]) fields[name] = input.form.elements[name]?.value ?? "";
    const assessment = await ask("/password-strength", fields);
    if (assessment) show(assessment);
  }, 300);
});

suggest.hidden = false;
suggest.addEventListener("click", async () => {
  const suggestion = await ask("/passphrase", {});
  if (!suggestion) return;
  input.value = suggestion.passphrase;
  input.type = "text"; // to be read, and written down; the form hides it again when it is sent
  document.querySelector("button.reveal[aria-controls=password]")?.setAttribute(
    "aria-pressed",
    "true",
  );
  input.dispatchEvent(new Event("input"));
  input.focus();
});

async function ask(path, fields) {
  try {
    const body = new URLSearchParams(fields);
    const answer = await fetch(path, { method: "POST", body, signal: asked.signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // overtaken by the next letter, or offline
  }
}

function show({ score, words }) {
  meter.hidden = words === "";
  meter.value = score;
  advice.textContent = words;
  live.textContent = words;
}
