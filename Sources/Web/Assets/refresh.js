// Shows what became of work under way, without a reload: the part that says so is fetched again until it is done.
const part = document.getElementById("live");
async function refresh() {
  const address = part.dataset.refresh;
  if (!address) return;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (fresh && !part.contains(document.activeElement)) part.innerHTML = fresh.innerHTML;
    if (!fresh || !fresh.dataset.refresh) return;
  }
  setTimeout(refresh, 2000);
}
if (part) setTimeout(refresh, 1500);
