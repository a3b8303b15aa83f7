// Draws the preview again while somebody fills in the form. Without it, the button does the same.
const form = document.querySelector("form[data-preview]");
if (form) {
  const place = document.getElementById(form.dataset.preview);
  let timer, latest = 0;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 600); });
  async function draw() {
    const turn = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "preview");
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    if (turn !== latest || !(answer.ok || answer.status === 422)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(place.id);
    if (fresh) place.innerHTML = fresh.innerHTML;
  }
}
