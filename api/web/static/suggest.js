// Names (of correspondents, of dossiers) suggested as one types, in a field where several are separated by semicolons. Without it the field is plain
// text and leads to the same correspondents. Nothing is chosen until an arrow says so: Entrée keeps its meaning.
for (const field of all("[data-names]")) {
  const list = document.createElement("ul");
  let at = -1, asked = 0, timer = 0;
  Object.assign(list, { id: field.id + "-names", className: "names", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", one(`label[for="${field.id}"]`).textContent);
  field.after(list);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }).forEach(([name, value]) => field.setAttribute(name, value));
  const show = open => { list.hidden = !open; field.setAttribute("aria-expanded", open); if (!open) mark(-1); };
  const mark = next => {
    at = next;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", index === at));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else { field.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
  };
  const part = () => { // the name that the caret stands in
    const start = field.value.lastIndexOf(";", field.selectionStart - 1) + 1, stop = field.value.indexOf(";", field.selectionStart);
    return { start, stop: stop < 0 ? field.value.length : stop, text: field.value.slice(start, stop < 0 ? undefined : stop).trim() };
  };
  const pick = option => {
    const { start, stop } = part(), before = field.value.slice(0, start) + (start ? " " : "") + option.dataset.label;
    field.value = before + field.value.slice(stop);
    field.setSelectionRange(before.length, before.length);
    show(false);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    const mine = ++asked, { text } = part();
    if (text.length < 2) return show(false);
    const answer = await fetch(`${field.dataset.names}?limit=8&q=${encodeURIComponent(text)}`).catch(() => null);
    if (mine !== asked || !answer || !answer.ok || document.activeElement !== field) return;
    const found = Object.values(await answer.json()).find(Array.isArray);
    list.replaceChildren(...found.map((each, index) => {
      const option = document.createElement("li"), more = document.createElement("small");
      option.id = `${list.id}-${index}`;
      option.dataset.label = each.label;
      option.setAttribute("role", "option");
      more.textContent = each.addresses ? [each.function, each.addresses[0] || each.emails[0]].filter(Boolean).join(", ") : "";
      option.append(each.label, more);
      return option;
    }));
    mark(-1);
    show(found.length > 0);
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  field.addEventListener("blur", () => show(false));
  list.addEventListener("mousedown", event => { event.preventDefault(); const option = event.target.closest("[role=option]"); if (option) pick(option); });
  field.addEventListener("keydown", event => {
    if (list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); clearTimeout(timer); asked++; mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + count) % count); }
    else if (event.key === "Escape") { event.stopPropagation(); show(false); }
    else if (at >= 0 && !event.ctrlKey && !event.metaKey && (event.key === "Enter" || event.key === "Tab")) { if (event.key === "Enter") event.preventDefault(); pick(list.children[at]); }
  });
}
