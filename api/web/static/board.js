// The board of a lot: keys and swaps. Each act is sent at once and kept by the server; without it, the form does.
{
  const lot = one("#lot"), leaves = () => all(".leaf input[type=checkbox]", lot);
  let inHand = "", lastTicked = "";
  const ticked = () => leaves().filter(box => box.checked);
  function hold(box) {
    if (!box) return;
    inHand = box.value;
    box.focus({ preventScroll: true });
    box.closest(".leaf").scrollIntoView({ block: "nearest" });
  }
  function nearest(from, down) { // the page under or over this one, whatever the width of the window
    const at = from.closest(".leaf").getBoundingClientRect(), middle = at.left + at.width / 2;
    const there = leaves().map(box => ({ box, place: box.closest(".leaf").getBoundingClientRect() })).filter(each => down ? each.place.top > at.top + 8 : each.place.top < at.top - 8);
    const row = there.reduce((best, each) => best === null || (down ? each.place.top < best : each.place.top > best) ? each.place.top : best, null);
    return there.filter(each => Math.abs(each.place.top - row) < 8).sort((a, b) => Math.abs(a.place.left + a.place.width / 2 - middle) - Math.abs(b.place.left + b.place.width / 2 - middle))[0]?.box;
  }
  let line = Promise.resolve(); // acts wait for each other: whoever types faster than the network loses none
  const act = (name, reason = "") => { line = line.then(() => send(name, reason)); };
  async function send(name, reason) {
    const form = one("#board");
    if (!form) return;
    const boxes = leaves(), at = boxes.findIndex(box => box.value === inHand), next = boxes.slice(at + 1).find(box => !box.checked) || boxes[at - 1];
    form.elements.en_main.value = inHand;
    form.elements.motif.value = reason;
    const body = new FormData(form);
    body.set("acte", name);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Board": "1" } });
      if (new URL(answer.url).pathname === "/connexion") { location.href = `/connexion?expiree=1&suite=${location.pathname}`; return; }
      if (answer.status >= 500 || answer.status === 403 || answer.status === 404) throw new Error(answer.status);
      const open = one(".whole[open]", lot);
      lot.innerHTML = await answer.text();
      if (open && answer.status === 422) one(".whole", lot).open = true;
      hold(one(`#c-${CSS.escape(inHand)}`) && one(`#p-${CSS.escape(inHand)}`).closest(".aside") === null ? one(`#c-${CSS.escape(inHand)}`) : next && one(`#c-${CSS.escape(next.value)}`));
      one("#announce").textContent = (one("#fault", lot) || one("#counted", lot)).textContent.trim();
    } catch {
      location.reload(); // nothing is lost: the board that stands is the server's
    }
  }
  function why() {
    const box = one("#board-why");
    if (!ticked().length && !inHand) return;
    one("#why").value = "";
    box.returnValue = "";
    box.showModal();
    one("#why").focus();
  }
  one("#board-why").addEventListener("close", event => { if (event.target.returnValue) act("ecarter", one("#why").value || event.target.returnValue); else hold(one(`#c-${CSS.escape(inHand)}`)); });
  one("#board-why").addEventListener("click", event => { const reason = event.target.closest("[data-reason]"); if (reason) { one("#why").value = reason.dataset.reason; event.currentTarget.close("oui"); } });
  one("#why").addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); if (event.target.value.trim()) one("#board-why").close("oui"); } });
  function enlarge(key) {
    const link = one(`#p-${CSS.escape(key)} [data-large]`), box = one("#board-page");
    if (!link) return;
    one("img", box).src = link.href;
    one("img", box).alt = link.getAttribute("aria-label");
    box.showModal();
  }
  one("#board-page").addEventListener("close", () => hold(one(`#c-${CSS.escape(inHand)}`)));
  lot.addEventListener("focusin", event => { if (event.target.matches(".leaf input")) inHand = event.target.value; });
  lot.addEventListener("submit", event => {
    if (event.target.id !== "board") return;
    event.preventDefault();
    const button = event.submitter;
    if (!button || !button.value) return;
    if ("why" in button.dataset) why(); else act(button.value);
  });
  lot.addEventListener("click", event => {
    const link = event.target.closest("[data-large]");
    if (link) { event.preventDefault(); enlarge(link.closest(".leaf").id.slice(2)); }
    if (event.target.closest("#board-ask")) one("#board-help").showModal();
  });
  const keys = {
    c: () => act("couper"), f: () => act("fusionner"), r: () => act("tourner"), v: () => act("placer"), u: () => act("annuler"), delete: why,
    "?": () => one("#board-help").showModal(),
    enter: () => enlarge(inHand),
    escape: () => { ticked().forEach(box => { box.checked = false; }); },
  };
  addEventListener("keydown", event => { // before the keys of every page
    if (!one("#board") || one("dialog[open]") || event.target.closest("input:not([type=checkbox]), select, textarea") || kept.get("keys") === "off") return;
    const boxes = leaves(), at = boxes.findIndex(box => box.value === inHand), held = boxes[at], key = event.key.toLowerCase();
    const done = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if ((event.ctrlKey || event.metaKey) && key === "enter") { done(); one("#lot-end")?.requestSubmit(); return; }
    if ((event.ctrlKey || event.shiftKey) && (key === "arrowleft" || key === "arrowright")) { done(); act(key === "arrowleft" ? "avancer" : "reculer"); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key.startsWith("arrow")) {
      done();
      hold(held ? { arrowleft: boxes[at - 1], arrowright: boxes[at + 1], arrowup: nearest(held, false), arrowdown: nearest(held, true) }[key] : boxes[0]);
    } else if (key === "x" && held) {
      done();
      const from = event.shiftKey ? boxes.findIndex(box => box.value === lastTicked) : at;
      const wanted = event.shiftKey || !held.checked;
      boxes.slice(Math.min(from < 0 ? at : from, at), Math.max(from, at) + 1).forEach(box => { box.checked = wanted; });
      lastTicked = inHand;
    } else if (keys[key] && (event.target.closest(".leaf") || event.target === document.body || event.target.id === "content") && (held || key === "?" || key === "u")) { done(); keys[key](); }
  }, true);
}
