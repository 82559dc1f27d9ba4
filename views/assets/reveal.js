// "Show password" buttons. They stay hidden without this script.
for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    input.focus();
  });
  // Browsers remember what is typed into text fields, so mask the password before it is sent.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}
