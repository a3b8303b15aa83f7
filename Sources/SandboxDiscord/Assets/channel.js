// Makes the page pleasanter: new messages come by themselves, and a press needs no new page. Everything works without it.
(() => {
  const chat = document.getElementById("chat");
  const list = document.getElementById("messages");
  const wide = matchMedia("(min-width: 900px)");
  const rail = document.getElementById("rail");
  const fit = () => { rail.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  if (!list) return;
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
      if (old && old.querySelector("details[open]")) return;
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
      const asked = new URL(answer.url).searchParams.get("form");
      if (notice || asked) location.href = answer.url;
    } finally {
      button?.removeAttribute("aria-busy");
      await refresh();
    }
  });

  // A choice from a select is sent at once, where one choice is all it takes.
  document.addEventListener("change", (event) => {
    const select = event.target;
    if (list.contains(select) && select.matches(".choose select:not([multiple])")) {
      const form = select.form;
      select.blur();
      form.requestSubmit();
    }
  });
  document.body.classList.add("scripted");

  const content = document.getElementById("content");
  const commands = document.getElementById("commands");
  content?.addEventListener("input", () => {
    if (!commands) return;
    commands.open = content.value.startsWith("/");
    const typed = content.value.slice(1).toLowerCase();
    for (const item of commands.querySelectorAll("li")) {
      const name = item.querySelector("b").textContent.slice(1);
      item.hidden = commands.open && !name.startsWith(typed) && !typed.startsWith(name);
    }
  });

  // Suggestions: what is chosen shows its name and sends its value, as in Discord.
  for (const input of document.querySelectorAll("input[data-suggest]")) {
    const form = input.form;
    const name = input.name;
    const shown = document.getElementById(`${input.id}-list`);
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    let round = 0;
    let timer;
    const show = (isOpen) => { shown.hidden = !isOpen; input.setAttribute("aria-expanded", String(isOpen)); };
    const choose = (choice) => {
      input.value = choice.name;
      input.removeAttribute("name");
      chosen.name = name;
      chosen.value = choice.value;
      form.append(chosen);
      show(false);
      input.focus();
    };
    const line = (choice) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      item.role = "none";
      button.type = "button";
      button.role = "option";
      button.textContent = choice.name;
      button.addEventListener("click", () => choose(choice));
      item.append(button);
      return item;
    };
    const ask = async () => {
      const own = ++round;
      const body = new URLSearchParams(new FormData(form));
      body.set("focused", input.dataset.suggest);
      const answer = await fetch(form.dataset.suggest, { method: "POST", body });
      if (own !== round || document.activeElement !== input) return;
      const told = await answer.json();
      shown.replaceChildren(...(told.choices || []).map(line));
      show(shown.children.length > 0);
    };
    input.addEventListener("input", () => {
      chosen.remove();
      input.name = name;
      clearTimeout(timer);
      timer = setTimeout(ask, 200);
    });
    input.addEventListener("focus", () => { if (!chosen.isConnected) ask(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") show(false);
      if (event.key === "ArrowDown" && !shown.hidden) { event.preventDefault(); shown.querySelector("button").focus(); }
    });
    shown.addEventListener("keydown", (event) => {
      const items = [...shown.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { show(false); input.focus(); }
      if (!step) return;
      event.preventDefault();
      (items[items.indexOf(document.activeElement) + step] || input).focus();
    });
  }

  const open = document.querySelector(".modal") || document.querySelector(".command");
  open?.querySelector("input:not([type=hidden]), textarea, select, button")?.focus();

  setInterval(() => { if (!document.hidden) refresh(); }, 2000);
})();
