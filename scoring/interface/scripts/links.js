// A link to an anchor scrolls there: with gradio's base URL it would reload the page without its query.
document.addEventListener("click", (event) => {
  const link = event.target.closest('.cs a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  const place = document.getElementById(link.getAttribute("href").slice(1));
  place.scrollIntoView();
  place.focus({preventScroll: true});
});
