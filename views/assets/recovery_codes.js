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

// The browser's list of downloads shows the address: a blob's does not tell the codes.
download.addEventListener("click", () => {
  const link = document.createElement("a");
  link.download = download.dataset.fileName;
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.click();
});
