// A click that leads to a field of the form focuses it, as soon as the page has drawn it; unless there is another click.
{
  let waiting;
  document.addEventListener("click", (event) => {
    clearInterval(waiting);
    const wanted = event.target.closest(".cs [data-focus]");
    if (!wanted) return;
    waiting = setInterval(() => {
      const entry = document.querySelector(`#${wanted.dataset.focus} input`);
      if (!entry?.offsetParent) return;
      clearInterval(waiting);
      entry.scrollIntoView({block: "center"});
      entry.focus();
    }, 50);
  });
}
