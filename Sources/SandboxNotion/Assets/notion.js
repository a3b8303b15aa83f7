// Edits titles, selects and states in the table itself. Without it every row's own page does the same.
"use strict";

document.documentElement.classList.add("scripted");
const table = document.getElementById("notion-table");

table?.addEventListener("click", (event) => {
  const cell = event.target.closest("td[data-property]");
  if (cell && !cell.querySelector("select")) openChoice(cell);
});

table?.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("th.notion-title");
  if (cell && !cell.querySelector("input")) openTitle(cell);
});

table?.addEventListener("keydown", (event) => {
  if (event.key !== "F2") return;
  const cell = event.target.closest("tr")?.querySelector("th.notion-title");
  if (cell) openTitle(cell);
});

function openChoice(cell) {
  const name = cell.dataset.property;
  const template = document.querySelector(`template[data-choices="${CSS.escape(name)}"]`);
  if (!template) return;
  const select = template.content.firstElementChild.cloneNode(true);
  const current = cell.textContent.trim();
  select.value = current;
  edit(cell, select);
  select.addEventListener("change", () => save(cell, name, select.value));
  select.addEventListener("blur", () => refresh(cell));
}

function openTitle(cell) {
  const link = cell.querySelector("a");
  const input = document.createElement("input");
  input.value = link.textContent === "Untitled" ? "" : link.textContent;
  input.dir = "auto";
  input.setAttribute("aria-label", "Title");
  edit(cell, input);
  input.select();
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") save(cell, "title", input.value);
    if (event.key === "Escape") refresh(cell);
  });
  input.addEventListener("blur", () => refresh(cell));
}

function edit(cell, control) {
  cell.replaceChildren(control);
  control.focus();
}

async function save(cell, property, value) {
  const row = cell.closest("tr");
  cell.dataset.saving = "yes";
  const answer = await fetch(`/sandbox/notion/pages/${row.dataset.page}/edit`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ [property]: value }),
  });
  delete cell.dataset.saving;
  if (answer.ok) return refresh(cell);
  const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
  cell.classList.add("is-refused");
  cell.title = problem.detail;
}

async function refresh(cell) {
  const row = cell.closest("tr");
  if (!row || cell.dataset.saving) return;
  const answer = await fetch(`/sandbox/notion/pages/${row.dataset.page}/line`);
  if (!answer.ok || !row.isConnected) return;
  const template = document.createElement("template");
  template.innerHTML = (await answer.text()).trim();
  row.replaceWith(template.content);
}
