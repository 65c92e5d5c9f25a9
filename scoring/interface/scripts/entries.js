// A number in the form counts once it is committed, by Enter or by leaving the entry: never half typed. Until the answer
// to what was entered is there, the result is greyed, since it belongs to other entries.
{
  const NUMBER = ".cs-entries :is(input[type=text], textarea):not([role])";
  // What was committed last and not answered yet.
  let waiting = "";

  let typedSince = false;

  const grey = (stale) => document.body.toggleAttribute("data-stale", stale);

  function commit(entry) {
    if (entry.value === entry.dataset.before) return;
    entry.dataset.before = entry.value;
    typedSince = false;
    waiting = `${entry.closest("[id^=entry-]").id} ${Date.now()}`;
    writeHidden("committed", waiting);
  }

  document.addEventListener("focusin", ({target}) => {
    if (target.matches(NUMBER)) target.dataset.before = target.value;
  });
  document.addEventListener("input", ({target}) => {
    if (!target.matches(NUMBER)) return;
    typedSince = true;
    grey(waiting !== "" || target.value !== target.dataset.before);
  });
  document.addEventListener("focusout", ({target}) => {
    if (target.matches(NUMBER)) commit(target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(NUMBER)) return;
    event.preventDefault();
    commit(event.target);
  });

  // The server's answer to the last commit. It may have written the number in the reader's way, which is no change.
  window.answered = (committed) => {
    if (committed !== waiting) return;
    waiting = "";
    requestAnimationFrame(() => {
      const entry = document.activeElement;
      if (typedSince) return;
      if (entry?.matches(NUMBER)) entry.dataset.before = entry.value;
      grey(false);
    });
  };

  // Which entries are not allowed, and what is: marked at the entries themselves.
  let marked = "{}";
  function mark() {
    const written = document.querySelector("[data-problems]")?.dataset.problems ?? "{}";
    if (written === marked && written === "{}") return;
    marked = written;
    const problems = JSON.parse(written);
    for (const entry of document.querySelectorAll(".cs-entries [id^=entry-]")) {
      const problem = problems[entry.id.slice("entry-".length)] ?? "";
      if ((entry.dataset.problem ?? "") === problem) continue;
      if (problem) entry.dataset.problem = problem;
      else delete entry.dataset.problem;
      entry.querySelector("input, textarea")?.setAttribute("aria-invalid", String(problem !== ""));
    }
  }
  new MutationObserver(mark).observe(document.documentElement, {subtree: true, childList: true});

  document.addEventListener("click", ({target}) => {
    const asked = target.closest("[data-scenario]");
    if (asked) writeHidden("scenario-command", `${asked.dataset.scenario} ${Date.now()}`);
  });
}
