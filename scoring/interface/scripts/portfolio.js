// A file of applications is sent to /batch by the browser itself; the page then draws how far its number is.
{
  const KEPT = "portfolio-number";
  const ACCEPTED = 202;
  let sending = null;

  function refuse(words) {
    const problem = document.getElementById("portfolio-problem");
    problem.textContent = words;
    problem.hidden = !words;
  }

  function show(share) {
    const line = document.querySelector("#portfolio-form .cs-sending");
    line.hidden = share === null;
    line.querySelector("progress").value = share ?? 0;
    document.querySelector("#portfolio-form [type=submit]").disabled = share !== null;
  }

  function detail({responseText}, otherwise) {
    try {
      return JSON.parse(responseText).detail ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function send(form) {
    const {language, most, tooLarge, notSent} = form.dataset;
    const [file] = form.elements.file.files;
    refuse("");
    if (file.size > Number(most)) return refuse(tooLarge);
    sending = new XMLHttpRequest();
    sending.open("POST", new URL(`batch?language=${language}&format=${form.elements.form.value}`, document.baseURI));
    sending.upload.onprogress = ({loaded, total}) => show(loaded / total);
    sending.onload = ({target}) => {
      if (target.status === ACCEPTED) writeHidden(KEPT, JSON.parse(target.responseText).batch);
      else refuse(detail(target, notSent));
    };
    sending.onerror = () => refuse(notSent);
    sending.onloadend = () => {
      sending = null;
      show(null);
    };
    show(0);
    sending.send(file);
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "portfolio-form") return;
    event.preventDefault();
    if (!sending) send(event.target);
  });
  document.addEventListener("click", ({target}) => {
    if (target.closest("#portfolio-form .cs-sending button")) sending?.abort();
  });

  // A reload finds the file again, as long as the window is the same.
  window.keepFile = (number) => sessionStorage.setItem(KEPT, number);
  window.fileHere = () => sessionStorage.getItem(KEPT) ?? "";
}
