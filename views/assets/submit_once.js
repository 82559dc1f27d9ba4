// Sends a form once, however often its button is pressed. The server tolerates duplicates as well.
const live = document.getElementById("live");
const releaseAfter = 10_000; // milliseconds

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = "true";
    live.textContent = live.dataset.sending;
    // The user may have stopped loading or be offline: allow another try.
    setTimeout(release, releaseAfter, form);
  });
}

// The back button may restore the page with its form still busy.
addEventListener("pageshow", (event) => {
  if (event.persisted) { for (const form of document.forms) release(form); }
});

function release(form) {
  form.ariaBusy = null;
  live.textContent = "";
}
