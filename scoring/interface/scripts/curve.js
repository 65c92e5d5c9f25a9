// The response curve: its point follows the pointer or the keys, and enters the form when it is released.
{
  // Milliseconds after the last key until the point counts as released.
  const REST = 700;
  // By how many points each key moves.
  const KEYS = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9};
  let resting;

  const pointsOf = (slider) => JSON.parse(slider.dataset.points);
  const placeOf = (slider) => Number(slider.dataset.place ?? slider.dataset.own);

  function show(slider, wanted) {
    const points = pointsOf(slider);
    const place = Math.max(0, Math.min(points.length - 1, wanted));
    const {x, y, words} = points[place];
    slider.dataset.place = place;
    slider.value = 10 * x;
    slider.setAttribute("aria-valuetext", words);
    const card = slider.closest(".cs-curve");
    card.querySelector(".cs-curve-point").style = `left:${x}%;top:${y}%`;
    card.querySelector(".cs-curve-told").textContent = words;
  }

  function release(slider) {
    clearTimeout(resting);
    const place = placeOf(slider);
    if (place === Number(slider.dataset.own)) return;
    const {changes} = pointsOf(slider)[place];
    if (!Object.keys(changes).length) return;
    writeHidden("curve-moved", JSON.stringify({changes, at: Date.now()}));
    keepFocus(slider);
  }

  document.addEventListener("input", ({target}) => {
    if (target.id !== "curve-slider") return;
    const apart = pointsOf(target).map(({x}) => Math.abs(x - target.value / 10));
    show(target, apart.indexOf(Math.min(...apart)));
  });
  document.addEventListener("change", ({target}) => {
    if (target.id === "curve-slider") release(target);
    if (target.id !== "curve-field" && target.id !== "curve-keep") return;
    const keep = target.closest(".cs-curve").querySelector("#curve-keep")?.value ?? "instalment";
    writeHidden("curve-choice", `${document.getElementById("curve-field").value} ${keep}`);
    keepFocus(target);
  });
  document.addEventListener("keydown", (event) => {
    const slider = event.target;
    if (slider.id !== "curve-slider") return;
    if (event.key === "Enter") return release(slider);
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    show(slider, placeOf(slider) + KEYS[event.key]);
    clearTimeout(resting);
    resting = setTimeout(() => release(slider), REST);
  });
  document.addEventListener("focusout", ({target}) => {
    if (target.id === "curve-slider" && target.isConnected) release(target);
  });
}
