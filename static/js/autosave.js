// A field that saves itself: <form data-autosave data-item="rapat-7"> with one named field, `version` and a place for the state.
//   sends   POST url, form-encoded: <name>, version, csrf_token; header X-Autosave: 1
//   answers 200 {version, value}   saved: the item's new version, and the text as it was stored
//           409 {version, value, by, at}   changed meanwhile; `value` is what stands there now
//           422 {errors: {name: [sentence]}}   refused; anything else or no answer: tried again, the draft stays here
// Fields of one item save one after another; a 409 in which this very field did not change is no conflict for the person,
// and is sent again at once.
(({ onContent, who, conflict, say }) => {
  const WORDS = { typing: "", saving: "Menyimpan…", saved: "Tersimpan", failed: "Menunggu sambungan. Tulisan disimpan di perangkat ini dan dikirim lagi sendiri.",
    conflict: "Ada dua tulisan berbeda. Pilih satu di bawah.", refused: "", newer: "", expired: "Sesi berakhir. Tulisan disimpan di perangkat ini; silakan masuk lagi." };
  const queues = new Map(); // item → promise of its last save
  const store = { get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* no room */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* no store */ } } };

  // One sentence for the whole page, where it has a place for it: <span data-saved-state>.
  const all = () => {
    const place = document.querySelector("[data-saved-state]");
    if (!place) return;
    const count = (...states) => states.reduce((sum, state) => sum + document.querySelectorAll(`form[data-autosave][data-state=${state}]`).length, 0);
    const [waits, runs, asks] = [count("failed", "expired"), count("saving", "typing"), count("conflict", "refused")];
    const words = waits ? `Menunggu sambungan: ${waits} isian belum tersimpan` : asks ? `${asks} isian menunggu Anda` : runs ? "Menyimpan…" : "Semua tersimpan";
    place.dataset.state = waits ? "failed" : asks ? "conflict" : runs ? "saving" : "saved";
    if (place.textContent !== words) place.textContent = words;
  };

  const attach = (form) => {
    if (form.dataset.attached) return;
    form.dataset.attached = "1";
    const field = form.querySelector("[data-autosaved]");
    const said = form.querySelector(".autosave-state");
    const key = `randal:field:${who()}:${form.action}:${field.name}`;
    const version = () => form.elements.version;
    const value = () => (field.type === "checkbox" ? (field.checked ? field.value : "") : field.value);
    let base = value(), stored = base; // what we last sent and what the server made of it (trimmed, sanitised)
    let wait, retry, tries = 0, turns = 0, open = false;

    const show = (state, sentence) => { form.dataset.state = state; const words = sentence || WORDS[state]; if (said.textContent !== words) said.textContent = words; all(); };
    const put = (text) => {
      field.value = text;
      const editor = form.querySelector("trix-editor");
      if (editor) editor.editor.loadHTML(text);
    };
    // Our own save moved the item from `sent` to `now`: fields that stood at `sent` have missed nothing. After someone else's save
    // only the field that heard of it moves on; the others must meet their own 409, or they would overwrite unseen words.
    const share = (sent, now) => document.querySelectorAll(`form[data-autosave][data-item="${CSS.escape(form.dataset.item)}"]`)
      .forEach((one) => { if (one.elements.version.value === sent) one.elements.version.value = now; });

    const choose = (theirs) => (which) => {
      open = false;
      base = stored = theirs;
      if (which === "theirs") { put(theirs); store.drop(key); show("saved"); } else save();
      field.focus();
    };
    const clash = (theirs, by, at) => {
      open = true;
      show("conflict");
      conflict(form, { mine: value(), theirs, by, at, rich: field.dataset.rich === "1" }, choose(theirs));
    };

    const send = async () => {
      const sent = value(), at = version().value;
      if (open || sent === base) { if (!open && form.dataset.state === "typing") show("saved"); return; }
      show("saving");
      let answer, answered;
      try {
        const data = new URLSearchParams(new FormData(form));
        data.set(field.name, sent);
        answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Autosave": "1", Accept: "application/json" }, redirect: "manual", credentials: "same-origin" });
        answered = [200, 409, 422].includes(answer.status) ? await answer.json() : null;
      } catch { return later(); }
      if (answer.status === 200) {
        base = sent;
        stored = answered.value ?? sent;
        tries = turns = 0;
        share(at, answered.version);
        if (value() === sent) { store.drop(key); show("saved"); } else save();
      } else if (answer.status === 409) {
        version().value = answered.version;
        if (answered.value === stored && ++turns < 5) return send();
        if (answered.value === sent) { base = stored = sent; store.drop(key); return show("saved"); }
        clash(answered.value, answered.by, answered.at);
      } else if (answer.status === 422) {
        show("refused", Object.values(answered.errors || {}).flat().join(" ") || answered.detail || "Tidak dapat disimpan.");
        field.setAttribute("aria-invalid", "true");
      } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 400) show("expired");
      else if (answer.status === 403) show("refused", "Bagian ini tidak dapat Anda ubah sekarang.");
      else later();
    };
    const later = () => {
      show("failed");
      clearTimeout(retry);
      retry = setTimeout(save, Math.min(60, 2 ** ++tries) * 1000);
    };
    const save = () => {
      clearTimeout(wait);
      clearTimeout(retry);
      const item = form.dataset.item;
      queues.set(item, (queues.get(item) || Promise.resolve()).then(send, send));
    };

    field.addEventListener("input", () => {
      field.removeAttribute("aria-invalid");
      if (!open) show("typing");
      store.set(key, { text: value(), base, at: Date.now() });
      clearTimeout(wait);
      wait = setTimeout(save, 600);
    });
    field.addEventListener("change", save);
    field.addEventListener("blur", save);
    form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
    // A page that stays fresh (fresh.js) brings what somebody else wrote here. Who is typing gets it by his own 409.
    form.addEventListener("randal:newer", (event) => {
      const newer = event.detail;
      if (newer.version < Number(version().value)) return; // read before our own last save
      if (value() === newer.value) { base = stored = newer.value; version().value = newer.version; return; }
      if (open || value() !== base || document.activeElement === field) { event.preventDefault(); return; }
      put(newer.value);
      base = stored = newer.value;
      version().value = newer.version;
      show("newer");
    });
    addEventListener("online", () => { if (value() !== base) save(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && value() !== base) save(); });

    // A closed tab, a dead battery: what was not saved is put back. When the server's text is another one by now, both are shown.
    const restore = (mine, theirs) => {
      open = true;
      show("conflict", "Ada ketikan Anda yang belum tersimpan. Pilih satu di bawah.");
      conflict(form, { mine, theirs, rich: field.dataset.rich === "1", kept: true }, (which) => {
        if (which === "mine") put(mine);
        choose(theirs)(which);
      });
    };
    const kept = store.get(key);
    if (kept && kept.text !== base && Date.now() - kept.at < 14 * 86400e3) {
      if (kept.base === base) { put(kept.text); say("Ketikan yang belum tersimpan dipulihkan."); save(); } else restore(kept.text, base);
    } else if (kept) store.drop(key);
  };
  onContent((root) => {
    root.querySelectorAll("form[data-autosave]").forEach(attach);
    if (root.matches?.("form[data-autosave]")) attach(root);
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-autosave]:is([data-state=failed], [data-state=conflict], [data-state=saving])")) event.preventDefault();
  });
})(window.Randal);
