// The signature pad: strokes on a canvas, by pen, finger or mouse; sent as a PNG with the form it stands in.
for (const canvas of document.querySelectorAll("canvas[data-pad]")) {
  const form = canvas.closest("form"), field = form.elements.dessin, pen = canvas.getContext("2d");
  let drawn = false, last = null;
  canvas.closest("[hidden]").hidden = false;
  pen.lineWidth = 3.2; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#14213d";
  const at = event => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]; };
  canvas.addEventListener("pointerdown", event => { event.preventDefault(); canvas.setPointerCapture(event.pointerId); last = at(event); });
  canvas.addEventListener("pointermove", event => {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = at(each);
      pen.beginPath(); pen.moveTo(...last); pen.lineTo(...next); pen.stroke();
      last = next; drawn = true;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });
  form.querySelector("[data-clear]").addEventListener("click", () => { pen.clearRect(0, 0, canvas.width, canvas.height); drawn = false; });
  form.addEventListener("submit", () => { field.value = drawn ? canvas.toDataURL("image/png") : ""; });
}
