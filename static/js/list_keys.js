// Keys of a list whose rows can be ticked. They act only while the focus is in the list, and they move the real focus: so a
// screen reader says where one is, and nobody who dictates or types elsewhere sets one off. Enter is the link's own.
(({ say }) => {
  const list = document.querySelector("[data-list]");
  if (!list) return;
  const links = () => [...list.querySelectorAll("[data-row-link]")];
  const row = () => document.activeElement?.closest("tr");
  const go = (step) => {
    const all = links();
    const at = all.findIndex((link) => link.closest("tr") === row());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.closest("tr").scrollIntoView({ block: "nearest" });
  };
  const count = () => {
    const chosen = list.querySelectorAll("[data-tick]:checked").length;
    document.querySelectorAll("[data-ticked]").forEach((place) => { place.textContent = chosen ? ` (${chosen})` : ""; });
    return chosen;
  };
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("textarea, select, input:not([type=checkbox])")) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); go(event.key === "j" ? 1 : -1); }
    if (event.key === "x") {
      const tick = row()?.querySelector("[data-tick]");
      if (!tick) return;
      event.preventDefault();
      tick.checked = !tick.checked;
      say(`${tick.checked ? "Dipilih" : "Tidak dipilih"}. ${count()} tindak lanjut dipilih.`);
    }
  });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) list.querySelectorAll("[data-tick]").forEach((tick) => { tick.checked = event.target.checked; });
    count();
  });
  document.querySelector("[data-to-list]")?.addEventListener("click", () => links()[0]?.focus());
  addEventListener("pageshow", count);
})(window.Randal);
