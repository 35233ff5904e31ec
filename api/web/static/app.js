// Keyboard, evidence tied to fields, local drafts. Every page works without it.
const one = (query, from = document) => from.querySelector(query);
const all = (query, from = document) => [...from.querySelectorAll(query)];
const said = JSON.parse(one("#words").textContent);
const kept = { // localStorage may be refused: the page then works without drafts
  get: name => { try { return localStorage.getItem(name) } catch { return null } },
  set: (name, value) => { try { localStorage.setItem(name, value) } catch { /* no draft */ } },
  drop: name => { try { localStorage.removeItem(name) } catch { /* nothing there */ } },
};
document.documentElement.classList.add("script");

// ── Keyboard. Single keys are off inside fields, and for whoever switched them off (WCAG 2.1.4).
const typing = target => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
const rows = () => all(".list tbody tr, ol.list > li");
let row = -1, going = 0, ticked = -1;
function walk(step) {
  const found = rows().filter(each => one("a, summary", each));
  if (!found.length) return;
  row = Math.max(0, Math.min(row + step, found.length - 1));
  one("a, summary", found[row]).focus();
}
function tick(event) { // X ticks the row in hand; Maj+X ticks from the last one ticked to this one
  const found = rows(), at = Math.max(found.indexOf(event.target.closest("tr")), row, 0), first = event.shiftKey && ticked >= 0 ? ticked : at;
  const boxes = found.map(each => one("input[name=choix]", each));
  if (!boxes[at]) return;
  const wanted = event.shiftKey || !boxes[at].checked;
  boxes.slice(Math.min(first, at), Math.max(first, at) + 1).forEach(box => { box.checked = wanted; });
  ticked = at;
}
function inHand() { // the row in hand counts when none is ticked
  const box = rows()[Math.max(row, 0)] && one("input[name=choix]", rows()[Math.max(row, 0)]);
  if (box && !one("input[name=choix]:checked")) box.checked = true;
}
function give(nth, event) { // 1…9: to the n-th of the team
  const button = one(`[data-nth="${nth}"]`);
  if (!button) return;
  event.preventDefault();
  if (button.closest("details")) { button.closest("details.act").open = true; button.focus(); return; }
  inHand();
  button.click();
}
function press(act) { // V and R on a list: the act's button, on what is ticked
  const button = one(`.bulk [data-act=${act}]`);
  if (button) { inHand(); button.click(); }
}
function open(query, event) {
  const box = one(query);
  if (!box) return;
  event.preventDefault();
  box.open = true;
  one("select, textarea, input:not([type=hidden])", box).focus();
}
function unfold(field) { field.closest("details").open = true; field.focus(); }
function follow(id) { const link = document.getElementById(id); if (link && link.hasAttribute("href")) link.click(); }
const places = { b: "/", a: "/registres/arrivee", d: "/registres/depart", i: "/registres/interne", r: "/recherche", v: "/verifier", e: "/etat", n: "/avis", t: "/b/mon-service" };
addEventListener("keydown", event => {
  const form = event.target.closest("details.act form, form[data-send]") || one("#qualification, form[data-send]");
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form) { event.preventDefault(); return form.requestSubmit(); }
  if (event.key === "Escape" && !one("dialog[open]")) return typing(event.target) ? event.target.blur() : follow("back");
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || kept.get("keys") === "off") return;
  const key = event.key.toLowerCase();
  if (Date.now() - going < 1500 && places[key]) { going = 0; location.href = key !== "t" || one(`.rail a[href="${places.t}"]`) ? places[key] : "/"; return; }
  const listed = rows().length;
  const acts = {
    "/": () => { event.preventDefault(); one("#q").focus(); one("#q").select(); },
    "?": () => one("#help").showModal(),
    "j": () => listed ? walk(1) : follow("go-j"),
    "k": () => listed ? walk(-1) : follow("go-k"),
    "x": () => tick(event),
    "g": () => { going = Date.now(); },
    "n": () => one(".found") ? seek(event.shiftKey ? -1 : 1) : follow("new"),
    "p": nextPage,
    "t": () => { const to = one("#bulk-a"); if (!to) return open("details[data-act=imputer]", event); event.preventDefault(); to.focus(); },
    "v": () => press("viser"),
    "r": () => listed ? press("repondre") : follow("answer"),
    "a": () => {
      const note = one("#note, #bulk-note");
      if (!note) return;
      event.preventDefault();
      if (note.id !== "note") inHand();
      unfold(note);
    },
    "e": () => one("[data-act=traiter], .bulk [value=traiter]")?.focus(),
    "m": () => { const day = one("#bulk-day"); if (!day) return open("details[data-act=mettre_de_cote]", event); event.preventDefault(); unfold(day); },
    "d": () => one("[data-act=meme_courrier]")?.focus(),
    "u": () => one("[data-act=se_raviser]")?.focus(),
    "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1),
  };
  if (/^[1-9]$/.test(event.key)) return give(event.key, event);
  if (acts[key] && one("#q")) acts[key]();
});

// ── The document: the evidence of the field in hand, zoom, the next page.
function nextPage() {
  const pages = all(".page"), box = one(".pages");
  if (!box) return;
  const next = pages.find(page => page.offsetTop - box.offsetTop > box.scrollTop + 20) || pages[0];
  if (next) box.scrollTop = next.offsetTop - box.offsetTop - 8;
}
function seek(step) { // the next word found, here or on pages that are on another screen
  const box = one(".found"), total = Number(box.dataset.total), at = ((Number(box.dataset.at) + step - 1) % total + total) % total + 1;
  if (reach(at)) return;
  location.href = one("#hit-on").href.replace(/trouve=\d+#trouve-\d+/, `trouve=${at}#trouve-${at}`);
}
function reach(at) {
  const box = one(".found"), hit = document.getElementById("trouve-" + at), total = Number(box.dataset.total);
  if (!hit) return false;
  const tab = one(".tabs [data-pane=document]");
  if (tab && innerWidth <= 900 && tab.getAttribute("aria-pressed") !== "true") tab.click();
  all(".hit").forEach(each => each.classList.toggle("active", each === hit));
  box.dataset.at = at;
  one("#hit-at").textContent = box.dataset.said.replace("#", at);
  [["#hit-on", at % total + 1], ["#hit-back", at > 1 ? at - 1 : total]].forEach(([link, to]) => { one(link).href = one(link).href.replace(/trouve=\d+#trouve-\d+/, `trouve=${to}#trouve-${to}`); });
  one("#announce").textContent = `${one("#hit-at").textContent}. ${hit.closest(".page").getAttribute("aria-label")}`;
  bring(hit);
  return true;
}
function bring(hit) { // on a desk the pages scroll in their pane, and the window stays where it is
  const box = one(".pages");
  if (innerWidth <= 900) return hit.scrollIntoView({ block: "center", inline: "nearest" });
  box.scrollTop += hit.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
  document.scrollingElement.scrollTop = 0;
}
function copy(button) { // the clipboard wants a secure page: elsewhere a field is selected and copied
  const told = () => { one("#announce").textContent = one("span", button).textContent = button.dataset.said; };
  const address = new URL(button.dataset.copy, location.href).href;
  if (navigator.clipboard) { navigator.clipboard.writeText(address).then(told, () => prompt("", address)); return; }
  const field = Object.assign(document.createElement("input"), { value: address, className: "unseen" });
  button.after(field); field.select();
  if (document.execCommand("copy")) told(); else prompt("", address);
  field.remove(); button.focus();
}
function zoom(step) {
  const box = one(".pages");
  if (!box) return;
  const value = Math.max(50, Math.min(300, (Number(box.dataset.at) || 100) + 25 * step));
  box.dataset.at = value;
  box.style.setProperty("--zoom", value + "%");
  if (value > 130) all("img[data-large]", box).forEach(image => { image.src = image.dataset.large; delete image.dataset.large; });
}
addEventListener("focusin", event => {
  const line = event.target.closest(".list tbody tr, ol.list > li");
  if (line) row = rows().indexOf(line);
  const field = event.target.dataset ? event.target.dataset.evidence : "";
  all(".evidence").forEach(box => box.classList.toggle("active", box.dataset.field === field));
  const active = one(".evidence.active"), box = one(".pages");
  if (active && innerWidth > 900) {
    const down = active.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (down < 20 || down > box.clientHeight - 60) box.scrollTop += down - box.clientHeight / 3;
  }
});
addEventListener("click", event => {
  const button = event.target.closest("[data-zoom]");
  if (button) zoom(Number(button.dataset.zoom));
  const found = event.target.closest(".found a");
  if (found && document.getElementById(found.hash.slice(1))) { event.preventDefault(); seek(found.id === "hit-on" ? 1 : -1); }
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(copied);
  const tab = event.target.closest(".tabs button");
  if (tab) {
    one(".panes").dataset.pane = tab.dataset.pane;
    all(".tabs button").forEach(each => each.setAttribute("aria-pressed", each === tab));
  }
  const box = event.target.closest(".evidence");
  if (box) { const field = one(`[data-evidence="${box.dataset.field}"]`); if (field) { const form = one(".tabs [data-pane=form]"); if (innerWidth <= 900 && form) form.click(); field.focus(); } }
});

// ── Drafts: what is typed stays on this device until the server confirms it.
addEventListener("input", event => {
  const form = event.target.closest("[data-draft]");
  if (!form) return;
  const values = Object.fromEntries(new FormData(form));
  delete values.csrf_token; delete values.revision;
  kept.set("draft:" + form.dataset.draft, JSON.stringify(values));
  one("#draft").textContent = said.kept;
});
function restore() {
  all("[data-cleared]").forEach(line => Object.keys(localStorage).filter(name => name.endsWith(":" + line.dataset.cleared)).forEach(kept.drop));
  const form = one("[data-draft]"), draft = form && kept.get("draft:" + form.dataset.draft);
  if (draft && !one(".summary")) {
    for (const [name, value] of Object.entries(JSON.parse(draft))) if (form.elements[name] && typeof value === "string" && form.elements[name].type !== "checkbox") form.elements[name].value = value;
    one("#draft").textContent = said.found;
  }
}

// ── A part of the page that is asked for when it is opened; without a script it is a link.
addEventListener("toggle", async event => {
  const box = event.target, place = box.open && box.dataset?.load && one(".loaded", box);
  if (!place) return;
  const answer = await fetch(box.dataset.load, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) { place.innerHTML = await answer.text(); delete box.dataset.load; }
}, true);
const finderField = one("#q"), loadFinder = () => import(finderField.dataset.script).then(({ finder }) => finder(finderField));
if (finderField && finderField === document.activeElement) loadFinder(); // a quick hand is there before us
else finderField?.addEventListener("focus", loadFinder, { once: true });

// ── Start: settings of this device, the network, and the first place to look at.
all("#keys-off, #keys-off-here").forEach(box => {
  box.checked = kept.get("keys") === "off";
  box.addEventListener("change", () => kept.set("keys", box.checked ? "off" : "on"));
});
const network = () => { one("#offline").hidden = navigator.onLine; };
addEventListener("online", network);
addEventListener("offline", network);
network();
restore();
addEventListener("load", () => { const hit = one(".panes[data-pane=document] .hit.active"); if (hit && one(".found")) bring(hit); }); // after the fragment's own scrolling
if (one(".panes[data-pane=document] .found") && Number(one(".found").dataset.at)) reach(Number(one(".found").dataset.at));
if (one("#qualification")) {
  const wrong = all("[aria-invalid]");
  const first = wrong.length === 1 ? wrong[0] : one(".summary") || (one(".found") && one(".pages")) || one(".same-letter[tabindex]") || (innerWidth > 900 && one("[data-doubt]")) || one("#content");
  first.focus({ preventScroll: innerWidth <= 900 });
}
