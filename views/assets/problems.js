// Takes the red off a field when it is edited; its line in the summary is crossed out. Nothing above
// the field disappears, so that the field stays in its place.
for (const input of document.querySelectorAll("[aria-invalid]")) {
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    document.getElementById(`${input.id}-problem`)?.remove();
    document.querySelector(`.summary a[href="#${input.id}"]`)?.closest("li").classList.add(
      "edited",
    );
  }, { once: true });
}
