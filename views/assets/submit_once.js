// A form goes out once, however often its button is pressed. Without this script the server copes.
const live = document.getElementById("live");
const patience = 10_000;

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = "true";
    live.textContent = live.dataset.sending;
    // Whoever stops waiting, or has no network, may send it again.
    setTimeout(release, patience, form);
  });
}

// Coming back, the browser may show the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) { for (const form of document.forms) release(form); }
});

function release(form) {
  form.ariaBusy = null;
  live.textContent = "";
}
