// The agenda in another order: by its buttons (↑ ↓, which keep the focus) or dropped elsewhere by mouse or finger.
// Each row has a <form data-mover>; its answer is a sentence, said aloud, and then the page shows the order that holds.
// Somebody who was faster is named by the refusal, and what he made of the order is shown.
(({ say, onContent, el }) => {
  const send = async (form, more) => {
    const data = new URLSearchParams(new FormData(form));
    Object.entries(more).forEach(([name, value]) => data.set(name, value));
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" });
      const told = answer.type === "opaqueredirect" ? {} : await answer.json();
      return { ok: answer.ok, said: told.said || told.detail || "Sesi berakhir. Silakan masuk lagi." };
    } catch { return { ok: false, said: "Sambungan terputus. Susunan acara tidak berubah." }; }
  };

  const refused = (sentence) => {
    const place = document.querySelector(".flash-place");
    place?.replaceChildren(el("div", { class: "note tone-warning" }, el("p", {}, sentence)));
    place?.scrollIntoView({ block: "nearest" });
  };

  /** The list as it stands now on the server; the focus stays on the button of the same name. */
  const renew = async () => {
    const focused = document.activeElement?.id;
    const page = new DOMParser().parseFromString(await (await fetch(location.href, { credentials: "same-origin" })).text(), "text/html");
    const [there, fresh] = [document, page].map((one) => one.querySelector("[data-agenda]"));
    if (!fresh) return location.reload();
    window.Randal.renewed?.(fresh);
    there.replaceWith(fresh);
    window.Randal.arrived(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const move = async (form, more) => {
    const { ok, said } = await send(form, more);
    await renew();
    if (ok) say(said); else refused(said);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-mover]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    move(form, { arah: event.submitter?.value || "naik" });
  }, true);

  const dropped = ({ item, to }) => {
    const items = [...document.querySelectorAll("[data-order] > [data-item]")];
    const more = { posisi: items.indexOf(item) + 1 };
    if (to.dataset.session) more.sesi = to.dataset.session;
    move(item.querySelector("[data-mover]"), more);
  };

  onContent((root) => {
    const lists = [...root.querySelectorAll("[data-order]")];
    lists.forEach((list) => window.Sortable.create(list, {
      group: "acara", handle: "[data-grip]", draggable: "[data-item]", animation: 120, ghostClass: "is-dragged",
      onEnd: (event) => { if (event.oldIndex !== event.newIndex || event.from !== event.to) dropped(event); },
    }));
  });
})(window.Randal);
