// A file dropped on the page is checked at once; a name chosen in the field waits for the button. Without this, the form does it.
const presented = one("#verify"), chosen = one("#file");
const over = on => presented.classList.toggle("over", on);
["dragover", "dragleave", "drop"].forEach(name => addEventListener(name, event => {
  if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  over(name === "dragover");
  if (name !== "drop" || !event.dataTransfer.files.length) return;
  const first = new DataTransfer(); // one file is one question
  first.items.add(event.dataTransfer.files[0]);
  chosen.files = first.files;
  one("#dropped").textContent = first.files[0].name;
  presented.requestSubmit();
}));
