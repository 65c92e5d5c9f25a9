// What a reload, a restarted server or a link opens again. The address names the applicant or the list's state; changes
// and scenarios stand in its fragment, which browsers send to no server. What was typed in, and a new application as a
// whole, stay in this window's session storage, which ends with the window.
{
  const STORE = "credit-decision";
  const FRAGMENT = "#what-if=";
  const PAGES = ["model", "portfolio"];

  const stored = () => JSON.parse(sessionStorage.getItem(STORE) ?? "null");
  const store = (kept) => sessionStorage.setItem(STORE, JSON.stringify(kept));
  const ofApplicant = (kept, id) => (kept && kept.applicant_id === id ? kept.changes : null);

  window.keepPlace = (chosen, order, language, tab, allowed, scenarios) => {
    const query = new URLSearchParams();
    let fragment = "";
    if (chosen) {
      const id = chosen.applicant_id;
      const history = (allowed?.applicant_id === id && allowed.history) || [];
      const kept = {changes: ofApplicant(allowed, id) ?? {}, history, scenarios: ofApplicant(scenarios, id) ?? []};
      query.set("applicant", id ?? "new");
      if (id !== null && (Object.keys(kept.changes).length || history.length || kept.scenarios.length))
        fragment = FRAGMENT + encodeURIComponent(JSON.stringify(kept));
      const typed = stored()?.applicant_id === id ? stored().typed : undefined;
      store({applicant_id: id, fragment, ...kept, typed});
    } else {
      if (!PAGES.includes(tab) && order?.states?.length) query.set("state", order.states[0]);
      sessionStorage.removeItem(STORE);
    }
    query.set("language", language);
    if (chosen || PAGES.includes(tab)) query.set("tab", tab);
    history.replaceState(history.state, "", `?${query}${fragment}`);
  };

  // All entries as they stand in the form, allowed or not.
  window.keepTyped = (chosen, allowed, ...entries) => {
    const kept = stored();
    if (!chosen || !kept || kept.applicant_id !== chosen.applicant_id) return;
    // A form that is not drawn yet has nothing in it, and nobody typed anything.
    if (entries.every((entry) => entry === "" || entry === null)) return;
    store({...kept, typed: {language: allowed?.language ?? document.documentElement.lang, entries}});
  };

  // What is sent with the first event of the page; "" if there is nothing to open again.
  window.keptHere = () => {
    const named = new URLSearchParams(location.search).get("applicant");
    const kept = stored();
    if (kept && named === String(kept.applicant_id ?? "new") && kept.fragment === location.hash) return JSON.stringify(kept);
    if (!named || !location.hash.startsWith(FRAGMENT)) return "";
    try {
      const {changes, history, scenarios} = JSON.parse(decodeURIComponent(location.hash.slice(FRAGMENT.length)));
      return JSON.stringify({applicant_id: Number(named), changes, history, scenarios});
    } catch {
      return "";
    }
  };
}
