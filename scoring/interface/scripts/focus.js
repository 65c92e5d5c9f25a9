// Focusing a menu selects its text, so that typing starts a new search instead of editing the old choice.
document.addEventListener("focusin", ({target}) => {
  if (target.matches("input[role=listbox], input[role=combobox]")) setTimeout(() => target.select());
});

// An answer draws its HTML anew: an element that had the focus gets it again, unless the reader has gone elsewhere.
function keepFocus(element, longest = 10000) {
  const until = performance.now() + longest;
  const again = () => {
    if (element.isConnected && performance.now() < until) return requestAnimationFrame(again);
    if (document.activeElement === document.body) document.getElementById(element.id)?.focus();
  };
  again();
}
