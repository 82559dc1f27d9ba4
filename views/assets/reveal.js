// "Show password": without this script the buttons stay hidden, and the forms work as they are.
for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    input.focus();
  });
  // A password that was shown must not be kept by the browser as ordinary text.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}
