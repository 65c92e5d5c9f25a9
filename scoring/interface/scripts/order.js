// Events reach the server in the order in which they happened: gradio sends each at once, and a later one may overtake.
{
  const send = window.fetch;
  let sent = Promise.resolve();
  window.fetch = (resource, options) => {
    if (!String(resource.url ?? resource).includes("/queue/join")) return send(resource, options);
    const answer = sent.then(() => send(resource, options));
    sent = answer.catch(() => {});
    return answer;
  };
}
