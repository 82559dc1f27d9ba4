// Copies, prints and downloads the recovery codes. Without this script they can be selected.
const codes = document.getElementById("recovery-codes");
const copy = document.getElementById("codes-copy");
const print = document.getElementById("codes-print");
const download = document.getElementById("codes-download");
const text = [...codes.querySelectorAll("code")].map((it) => it.textContent + "\n").join("");

copy.hidden = print.hidden = download.hidden = false;

copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(text);
  document.getElementById("live").textContent = copy.textContent = copy.dataset.copied;
});

print.addEventListener("click", () => globalThis.print());

// The name of a blob tells nothing: the list of downloads must not hold the codes.
download.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
