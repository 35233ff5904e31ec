// Files dropped anywhere on the page go in with its one form; a kind chosen shows its fields. Without this, the forms do it.
const here = one("#drop");
if (here) {
  const chosen = one("#files", here);
  ["dragover", "dragleave", "drop"].forEach(name => addEventListener(name, event => {
    if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    here.classList.toggle("over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const files = new DataTransfer();
    [...event.dataTransfer.files].slice(0, chosen.multiple ? undefined : 1).forEach(file => files.items.add(file));
    chosen.files = files.files;
    one(".dropped", here).textContent = [...files.files].map(file => file.name).join(", ");
    if (chosen.multiple) here.requestSubmit();
  }));
}
const kind = one("[data-choose]");
if (kind) {
  one("#choose").hidden = true;
  kind.addEventListener("change", () => kind.form.requestSubmit(one("#choose")));
}
