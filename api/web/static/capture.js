// Files sent piece by piece, one after the other: each with its progress, held and taken up again, after a reload too.
// The page sends its form whole without this script. The protocol is tus; the server registers a file once it is whole.
const capture = one("#capture"), list = one("#sent"), say = JSON.parse(one("#upload-words").textContent);
const token = one("[name=csrf_token]", capture).value, queue = [], running = new Map();
let busy = false;

const markOf = file => [file.name, file.size, file.lastModified].join("|");
const wait = ms => new Promise(done => setTimeout(done, ms));
const percent = item => Math.floor(100 * one("progress", item).value);

function show(item, look, sentence) {
  item.className = look;
  one(".state", item).textContent = sentence;
  const hold = one(".hold", item), name = item.dataset.name, going = look === "sending" || look === "waiting";
  hold.hidden = look === "bad" || look === "taking";
  one(".drop-it", item).hidden = look === "taking";
  hold.setAttribute("aria-label", `${going ? say.hold : say.resume} ${name}`);
  hold.title = going ? say.hold : say.resume;
  one("use", hold).setAttribute("href", `/static/vendor/icons.svg#${going ? "pause" : "play"}`);
}
function lineFor(file) {
  const item = one("#line").content.firstElementChild.cloneNode(true);
  item.dataset.name = one("b", item).textContent = file.name;
  one("progress", item).setAttribute("aria-label", file.name);
  one(".drop-it", item).setAttribute("aria-label", `${say.drop} ${file.name}`);
  list.append(item);
  return item;
}
function add(files) {
  const form = new FormData(capture);
  for (const file of files) {
    const known = all("li[data-mark]", list).find(each => each.dataset.mark === markOf(file) && !running.has(each));
    const item = known || lineFor(file);
    running.set(item, { item, file, direction: form.get("registre") || "", received_on: form.get("recu") || "" });
    if (file.size > capture.dataset.limit * 1e6) { show(item, "bad", say.heavy); continue; }
    again(item);
  }
  one("#files").value = "";
}
function again(item) {
  const job = running.get(item);
  if (!job) { one("#files").click(); return; } // a file of an earlier visit: it must be chosen again
  show(item, "waiting", say.waiting);
  queue.push(job);
  work();
}
async function work() {
  if (busy) return;
  busy = true;
  const settling = [];
  while (queue.length) {
    const job = queue.shift();
    if (await send(job)) settling.push(settled(job.item));
  }
  busy = false;
  await Promise.all(settling);
  if (busy || !settling.length) return;
  one("#after").hidden = false;
  one("#announce").textContent = list.textContent.replace(/\s+/g, " ").trim().slice(0, 300);
  if (!list.querySelector(".held, .broken")) one("#after a").focus();
}

// Gives whether the whole file is with the server; false when it was held, refused, or lost on the way.
async function send({ item, file, direction, received_on }) {
  const going = pieces(file, {
    endpoint: "/televersements", place: item.dataset.place, headers: { "X-CSRF-Token": token },
    metadata: { filename: file.name, mark: markOf(file), direction, received_on },
    opened: place => { item.dataset.place = place; },
    moved: at => {
      one("progress", item).value = at;
      if (at < 1) show(item, "sending", `${say.sending} ${percent(item)} %`); else show(item, "taking", say.taking);
    },
    again: () => show(item, "sending", say.again),
  });
  item.hold = going.abort;
  const ended = await going.ended;
  if (ended === "done") return true;
  if (ended === "signed-out") location.href = "/connexion?expiree=1&suite=/numeriser";
  else if (ended === "held") show(item, "held", `${say.held} ${percent(item)} %`);
  else if (ended === "broken") show(item, "broken", `${say.broken} (${percent(item)} %)`);
  else show(item, "bad", ended);
  return false;
}

async function settled(item) {
  for (let pause = 300; ; pause = Math.min(2 * pause, 15000)) {
    show(item, "taking", say.taking);
    const answer = await fetch(item.dataset.place, { headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);
    if (answer && answer.status === 200) {
      const told = document.createElement("template");
      told.innerHTML = await answer.text();
      item.replaceWith(told.content);
      return;
    }
    if (answer && answer.status === 401) { location.href = "/connexion?expiree=1&suite=/numeriser"; return; }
    if (answer && answer.status >= 400 && answer.status < 500) { show(item, "bad", sentenceIn(await answer.text())); return; }
    await wait(pause);
  }
}
async function abandon(item) {
  const at = queue.findIndex(job => job.item === item);
  if (at >= 0) queue.splice(at, 1);
  if (item.classList.contains("sending") && item.hold) item.hold();
  const next = item.nextElementSibling;
  if (item.dataset.place) await fetch(item.dataset.place, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRF-Token": token } }).catch(() => null);
  running.delete(item);
  item.remove();
  (next ? one("button:not([hidden]), a", next) || one("#files") : one("#files")).focus();
}

list.addEventListener("click", event => {
  const item = event.target.closest("li"), button = event.target.closest("button");
  if (!item || !button) return;
  if (button.matches(".drop-it")) return abandon(item);
  if (item.className === "sending") return item.hold();
  const at = queue.findIndex(job => job.item === item);
  if (at < 0) return again(item);
  queue.splice(at, 1);
  show(item, "held", say.paused);
});
addEventListener("online", () => all("li.broken", list).forEach(item => running.has(item) && again(item)));
capture.addEventListener("submit", event => { event.preventDefault(); add([...one("#files").files]); });
["dragover", "dragleave", "drop"].forEach(name => capture.addEventListener(name, event => {
  event.preventDefault();
  capture.classList.toggle("over", name === "dragover");
  if (name === "drop") add([...event.dataTransfer.files]);
}));
