// What the search box suggests as one types, loaded when the box is first entered. Without it the box is a plain form.
// Nothing is chosen until an arrow says so: Entrée searches what is typed.
export function finder(field) {
  const list = document.createElement("ul"), announce = document.querySelector("#announce");
  let at = -1, asked = 0, timer = 0;
  Object.assign(list, { id: "q-options", className: "names options", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.said);
  field.after(list);
  Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }).forEach(([name, value]) => field.setAttribute(name, value));
  const mark = next => {
    at = next;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", index === at));
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const show = open => { list.hidden = !open; field.setAttribute("aria-expanded", open); if (!open) { asked++; clearTimeout(timer); } mark(-1); };
  const ask = async () => {
    const mine = ++asked, line = field.value.slice(0, field.selectionStart);
    const answer = await fetch(`/recherche/suggestions?q=${encodeURIComponent(line)}`).catch(() => null);
    if (mine !== asked || !answer || !answer.ok || document.activeElement !== field) return;
    const text = await answer.text();
    if (mine !== asked) return;
    list.innerHTML = text;
    list.dataset.line = line;
    show(list.children.length > 0);
    if (list.children.length) announce.textContent = `${field.dataset.said} : ${list.children.length}`;
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, 160); };
  const pick = option => {
    if (option.dataset.go) { location.href = option.dataset.go; return; }
    const rest = option.hasAttribute("data-whole") ? "" : field.value.slice(field.selectionStart).trimStart(), line = option.dataset.line;
    field.value = line + rest;
    field.setSelectionRange(line.length, line.length);
    show(false);
    if (option.hasAttribute("data-whole")) field.form.requestSubmit(); else if (line.endsWith(":")) ask();
  };
  field.addEventListener("input", later);
  field.addEventListener("blur", () => show(false));
  list.addEventListener("mousedown", event => { event.preventDefault(); const option = event.target.closest("[role=option]"); if (option) pick(option); });
  field.addEventListener("keydown", event => {
    const count = list.children.length, down = event.key === "ArrowDown";
    if (list.hidden) { if (down) { event.preventDefault(); ask(); } return; }
    if (down || event.key === "ArrowUp") { event.preventDefault(); clearTimeout(timer); mark((at + (down ? 1 : at < 0 ? 0 : -1) + count) % count); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); show(false); }
    else if (at >= 0 && !event.ctrlKey && !event.metaKey && (event.key === "Enter" || event.key === "Tab")) { event.preventDefault(); pick(list.children[at]); }
    else if (event.key === "Enter") show(false);
  });
  if (!field.value || field.value !== field.defaultValue) ask(); // what was typed while this was on its way counts too
}
