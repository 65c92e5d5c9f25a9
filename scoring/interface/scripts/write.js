// Words for the server, written into a hidden text box of gradio's, which sends its change. They have to differ each
// time: a sender whose words may repeat adds the time.
function writeHidden(id, words) {
  const box = document.querySelector(`#${id} textarea, #${id} input`);
  box.value = words;
  box.dispatchEvent(new Event("input", {bubbles: true}));
}
