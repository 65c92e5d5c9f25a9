// A click that leads to a field of the form focuses it, as soon as the page has drawn it.
document.addEventListener("click", (event) => {
  const wanted = event.target.closest(".cs [data-focus]");
  if (!wanted) return;
  let tries = 100;
  const timer = setInterval(() => {
    const entry = document.querySelector(`#${wanted.dataset.focus} input`);
    if (entry?.offsetParent) {
      entry.scrollIntoView({block: "center"});
      entry.focus();
    }
    if (entry?.offsetParent || --tries === 0) clearInterval(timer);
  }, 50);
});
