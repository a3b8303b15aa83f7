// Makes the page pleasanter: new messages come by themselves, and a press needs no new page. Everything works without it.
(() => {
  const chat = document.getElementById("chat");
  const list = document.getElementById("messages");
  const wide = matchMedia("(min-width: 900px)");
  const rail = document.getElementById("rail");
  const fit = () => { rail.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  if (new URLSearchParams(location.search).has("before")) return;

  const place = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const wanted = [...fresh.content.children];
    const ids = new Set(wanted.map((node) => node.id).filter(Boolean));
    const focus = document.activeElement && document.activeElement.id;
    for (const node of [...list.children]) if (!node.id || !ids.has(node.id)) node.remove();
    wanted.forEach((node, index) => {
      const old = node.id && document.getElementById(node.id);
      const here = list.children[index];
      if (!old) list.insertBefore(node, here || null);
      else if (old.outerHTML !== node.outerHTML) old.replaceWith(node);
    });
    if (focus && document.activeElement.id !== focus) document.getElementById(focus)?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    try {
      const answer = await fetch(chat.dataset.fragment, { headers: { Accept: "text/html" } });
      if (answer.ok && !list.querySelector("select:focus")) place(await answer.text());
    } catch { /* the next round may reach it again */ }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!list.contains(form)) return;
    event.preventDefault();
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
      const notice = new URL(answer.url).searchParams.get("notice");
      if (notice) location.href = answer.url;
    } finally {
      button?.removeAttribute("aria-busy");
      await refresh();
    }
  });

  setInterval(() => { if (!document.hidden) refresh(); }, 2000);
})();
