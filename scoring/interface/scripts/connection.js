// A server that cannot be reached: everything is greyed under a notice until it answers again. The page then opens anew,
// with what was entered: a restarted server knows nothing of this window.
{
  const LOOK = 5000;
  const LOOK_AGAIN = 2000;
  let gone = false;
  let timer;

  const notice = () => document.getElementById("cs-gone");

  function lost() {
    if (gone) return;
    gone = true;
    document.body.setAttribute("data-gone", "");
    notice()?.removeAttribute("hidden");
    look();
  }

  async function look() {
    clearTimeout(timer);
    try {
      const answer = await check();
      if (gone && answer.ok) return location.reload();
    } catch {
      lost();
    }
    timer = setTimeout(look, gone ? LOOK_AGAIN : LOOK);
  }

  const send = window.fetch;
  const check = () => send(new URL("health", document.baseURI), {cache: "no-store"});
  window.fetch = async (resource, options) => {
    try {
      return await send(resource, options);
    } catch (error) {
      // A request that the page itself gave up says nothing of the server.
      if (error.name !== "AbortError" && String(resource.url ?? resource).startsWith(location.origin)) look();
      throw error;
    }
  };
  document.addEventListener("click", ({target}) => {
    if (target.closest("#cs-gone button")) look();
  });
  timer = setTimeout(look, LOOK);
}
