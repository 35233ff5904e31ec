// Keys pressed while the page shows and its scripts are on their way wait for them: whoever knows the way is faster than a slow link.
(() => {
  const waiting = [], keep = event => waiting.push(event);
  const field = "input, textarea, select";
  addEventListener("keydown", keep);
  addEventListener("DOMContentLoaded", () => { // after every script of the page
    removeEventListener("keydown", keep);
    for (const { target, key, code, shiftKey, ctrlKey, altKey, metaKey } of waiting) {
      if (document.activeElement?.matches(field) && target !== document.activeElement) break; // a key has led into a field: what follows was meant as text
      target.dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, ctrlKey, altKey, metaKey, bubbles: true, cancelable: true }));
    }
  });
})();
