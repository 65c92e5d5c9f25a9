// What a field means stands under its theme's heading; it is shown at the entry as well, to the mouse and to screen readers.
new MutationObserver(() => {
  for (const meaning of document.querySelectorAll("[data-explains]:not([data-shown])")) {
    const entry = document.getElementById(meaning.dataset.explains);
    if (!entry) continue;
    meaning.dataset.shown = "";
    entry.title = meaning.textContent;
    entry.querySelector("input:not([type=radio]), textarea")?.setAttribute("aria-description", meaning.textContent);
  }
}).observe(document.documentElement, {subtree: true, childList: true});
