// "Show password" buttons. They stay hidden without this script.
for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    toggle(input, button);
    input.focus();
  });
  // Browsers remember what is typed into text fields, so mask the password before it is sent.
  input.form.addEventListener("submit", () => {
    if (input.type === "text") toggle(input, button);
  });
}

function toggle(input, button) {
  input.type = input.type === "password" ? "text" : "password";
  const label = button.textContent;
  button.textContent = button.dataset.otherLabel;
  button.dataset.otherLabel = label;
}
