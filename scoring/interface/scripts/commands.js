// A click in our own HTML that asks the server for something is written, with a mark that differs, to where the page
// sends it from. With a key held down, a link opens in another tab as usual.
document.addEventListener("click", (event) => {
  const asked = event.target.closest(".cs [data-do]");
  if (!asked || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  writeHidden("command", `${asked.dataset.do} ${Date.now()}`);
});
