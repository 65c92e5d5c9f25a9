// The page is shown once it is filled: gradio draws its own words before ours are there.
new MutationObserver((_, observer) => {
  if (!document.querySelector(".cs-title")) return;
  document.body.removeAttribute("data-opening");
  observer.disconnect();
}).observe(document.documentElement, {subtree: true, childList: true});
