// Writing and approving: formatting at the cursor, one key an act. The pages work without it.
const text = document.querySelector("#corps");
const wraps = { gras: "**", italique: "*" }, heads = { titre: "# ", liste: "- ", numeros: "1. " };
document.querySelectorAll(".editor-tools button").forEach(button => button.addEventListener("click", event => {
  event.preventDefault();
  const [from, to, all] = [text.selectionStart, text.selectionEnd, text.value];
  const chosen = all.slice(from, to), wrap = wraps[button.value], head = heads[button.value];
  if (wrap) put(from, to, wrap + (chosen || button.title.toLowerCase()) + wrap, wrap.length);
  else if (head) {
    const start = all.lastIndexOf("\n", from - 1) + 1;
    const lines = all.slice(start, to).split("\n").map((line, n) => (head === "1. " ? `${n + 1}. ` : head) + line);
    put(start, to, lines.join("\n"), 0);
  } else put(from, to, "\n\n| Désignation | Montant |\n|---|---|\n|  |  |\n\n", 2);
}));
function put(from, to, added, inside) {
  text.setRangeText(added, from, to, "end");
  if (inside && from === to) text.setSelectionRange(from + inside, from + added.length - inside);
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true })); // so that the device keeps it
}
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
  try { if (localStorage.getItem("keys") === "off") return; } catch { /* keys stay on */ }
  const act = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
  if (!act) return;
  event.preventDefault();
  if (act.tagName === "DETAILS") { act.open = true; act.querySelector("button, select, textarea, input:not([type=hidden])").focus(); }
  else act.click();
});
