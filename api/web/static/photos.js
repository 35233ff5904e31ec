// Photographs: each goes to the server as soon as it is taken; they are put in order, and sent together as one letter.
const box = one("#photos"), rows_ = one("#photo-list"), tell = JSON.parse(one("#photo-words").textContent);
const csrf = one("[name=csrf_token]", box)?.value, sends = csrf ? { "X-CSRF-Token": csrf } : {};
const line = [];
let sending = false;

function count() {
  const found = all("li", rows_), ready = found.length && found.every(each => each.dataset.id);
  all("button.send", box).forEach(button => { button.disabled = !ready; });
  one("#photo-empty").hidden = Boolean(found.length);
  found.forEach((each, n) => { one(".rank", each).textContent = n + 1; });
}
function take(files) {
  for (const file of files) {
    const item = one("#photo").content.firstElementChild.cloneNode(true);
    rows_.append(item);
    draw(file, one("canvas", item));
    line.push({ item, file });
  }
  count();
  next();
}
async function draw(file, canvas) { // the page shows no picture by an address of its own making: it is painted
  try {
    const picture = await createImageBitmap(file, { resizeWidth: 320 });
    canvas.width = picture.width; canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
  } catch { /* not a picture that this telephone can show: the server says what it is */ }
}
async function next() {
  if (sending) return;
  sending = true;
  while (line.length) {
    const { item, file } = line[0], state = one(".state", item);
    const going = pieces(file, {
      endpoint: box.dataset.endpoint, place: item.dataset.place, headers: sends,
      metadata: { filename: file.name, photo: "1", direction: box.dataset.direction },
      opened: place => { item.dataset.place = place; },
      moved: at => { one("progress", item).value = at; state.textContent = at < 1 ? `${tell.sending} ${Math.floor(100 * at)} %` : tell.keeping; },
      again: () => { state.textContent = tell.again; },
    });
    const ended = await going.ended;
    if (!item.isConnected) { line.shift(); continue; }
    if (ended === "broken") { state.textContent = tell.broken; break; }
    if (ended === "signed-out") { location.href = "/connexion?expiree=1&suite=/photographier"; return; }
    line.shift();
    one("progress", item).hidden = true;
    if (ended !== "done") { state.textContent = ended; item.classList.add("bad"); continue; }
    state.textContent = tell.arrived;
    item.dataset.id = item.dataset.place.split("/").pop();
    const chosen = one("[name=photos]", item);
    if (chosen) chosen.value = item.dataset.id;
  }
  sending = false;
  count();
  one("#announce").textContent = all("li", rows_).length + " " + tell.photos;
}
async function remove(item) {
  const at = line.findIndex(each => each.item === item), place = item.dataset.place, other = item.nextElementSibling || item.previousElementSibling;
  if (at > 0) line.splice(at, 1);
  item.remove();
  if (place) await fetch(place, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", ...sends } }).catch(() => null);
  count();
  (other ? one("button", other) : one("#shot")).focus();
}
rows_.addEventListener("click", event => {
  const button = event.target.closest("button"), item = event.target.closest("li");
  if (!button) return;
  if (button.matches(".out")) return remove(item);
  const up = button.matches(".up"), near = up ? item.previousElementSibling : item.nextElementSibling;
  if (near) up ? near.before(item) : near.after(item);
  button.focus();
  count();
});
all("input[type=file]", box).forEach(input => {
  const chosen = () => { take([...input.files]); input.value = ""; };
  input.addEventListener("change", chosen);
  if (input.files.length) chosen(); // on a slow link, before this script came
});
addEventListener("online", next);
all("[name=registre]", box).forEach(each => each.addEventListener("change", () => {
  box.dataset.direction = each.value;
  if (one("#scanner [name=registre]")) one("#scanner [name=registre]").value = each.value;
}));
// What a paired telephone sends, or the scanner reads, appears here; the scanner's run is told beside.
let goes = one("#scan-run")?.dataset.goes === "oui";
async function look() {
  const answer = await fetch("/photographier/liste").catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const told = document.createElement("template");
  told.innerHTML = await answer.text();
  for (const each of all("li", told.content)) if (!one(`li[data-id="${each.dataset.id}"]`, rows_)) rows_.append(each);
  count();
  if (!goes) return;
  const run = await fetch("/photographier/scanner").catch(() => null);
  if (!run || !run.ok || run.redirected) return;
  told.innerHTML = await run.text();
  one("#scan-run").replaceWith(told.content);
  goes = one("#scan-run")?.dataset.goes === "oui";
}
if (one("#paired") || goes) setInterval(() => { if (one("#paired") || goes) look(); }, 2000);
async function ableTo() { // whether the scanner answers, said before anybody presses
  const choice = one("#scanner-code"), said_ = one("#scanner-state");
  if (!choice) return;
  said_.textContent = tell.asking;
  const answer = await fetch(`/photographier/scanner/${choice.value}/capacites`, { headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);
  if (!answer || !answer.ok) { said_.textContent = answer ? sentenceIn(await answer.text()) : tell.broken; return; }
  said_.innerHTML = await answer.text();
  const able = one("span", said_).dataset;
  for (const [name, has] of [["chargeur", able.feeder], ["recto_verso", able.duplex], ["couleur", able.colour]]) {
    const box_ = one(`#scanner [name=${name}]`);
    box_.disabled = has !== "1";
    if (box_.disabled) box_.checked = false;
  }
}
one("#scanner-code")?.addEventListener("change", ableTo);
ableTo();
count();
