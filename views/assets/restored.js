// Loads a page again when the back button brings it from memory: the login may have ended.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
