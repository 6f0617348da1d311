// What was typed outlives a cut line, an expired session, a closed tab: <form data-draft="temuan-baru"> keeps its plain
// fields on this device, per person, for 14 days, and offers them back. Never passwords, files or hidden fields.
(({ onContent, who, el }) => {
  const KEEP = 14 * 86400e3;
  const place = (form) => `randal:form:${who()}:${form.dataset.draft}`;
  const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full, or private browsing */ } };
  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } };

  const values = (form) => fields(form).map((field) => [field.name, ["checkbox", "radio"].includes(field.type) ? [field.value, field.checked] : field.value]);
  const fill = (form, kept) => fields(form).forEach((field) => {
    const same = kept.filter(([name, value]) => name === field.name && (!Array.isArray(value) || value[0] === field.value));
    if (!same.length) return;
    const value = same[0][1];
    if (Array.isArray(value)) field.checked = value[1]; else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const offer = (form, key, kept) => {
    const back = el("button", { type: "button", class: "btn" }, "Pulihkan ketikan yang belum tersimpan");
    const away = el("button", { type: "button", class: "btn btn-quiet" }, "Buang");
    const note = el("div", { class: "draft-note", role: "status" }, el("p", {}, "Ada isian yang belum terkirim, tersimpan di perangkat ini."), back, away);
    back.onclick = () => { fill(form, kept.values); note.remove(); };
    away.onclick = () => { drop(key); note.remove(); };
    form.prepend(note);
  };

  onContent((root) => {
    // A page that says "berhasil" proves that the form sent just before has arrived.
    if (document.querySelector("[data-flash=success]")) {
      Object.keys(localStorage).filter((key) => key.startsWith("randal:form:") && read(key)?.sent).forEach(drop);
    }
    root.querySelectorAll("form[data-draft]").forEach((form) => {
      const key = place(form);
      const kept = read(key);
      if (kept && Date.now() - kept.at > KEEP) drop(key);
      else if (kept && !form.querySelector("[aria-invalid=true]") && JSON.stringify(kept.values) !== JSON.stringify(values(form))) offer(form, key, kept);
      let wait;
      form.addEventListener("input", (event) => {
        if (!event.isTrusted) return;
        clearTimeout(wait);
        wait = setTimeout(() => write(key, { at: Date.now(), values: values(form) }), 400);
      });
      form.addEventListener("submit", () => { clearTimeout(wait); write(key, { at: Date.now(), values: values(form), sent: true }); });
    });
  });
  // A form that htmx sends stays on its page: kept until the server has said that it has it.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form[data-draft]");
    if (!form) return;
    if (event.detail.successful) { form.querySelector(".draft-note")?.remove(); drop(place(form)); } else write(place(form), { at: Date.now(), values: values(form) });
  });
})(window.Randal);
