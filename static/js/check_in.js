// The door on a phone. What is sent while there is no network waits on this phone and goes by itself; the key made here
// lets the server tell a second sending from a second person. What was sent is forgotten by the phone.
(({ el }) => {
  const waiting = document.querySelector("[data-door-waiting]");
  if (!waiting) return;
  const form = document.querySelector("form[data-door]");
  const card = document.querySelector("[data-door-card]");
  const done = document.querySelector("[data-door-done]");
  const QUEUE = "randal.hadir.antre", DRAFT = "randal.hadir.isian";
  const AGAIN = 4000, PATIENCE = 15000, OLD = 24 * 3600e3, DRAFT_LIVES = 3600e3;
  const memory = {}; // a browser that keeps nothing (private mode) keeps it at least while the page is open

  const kept = (name, otherwise) => {
    try { return JSON.parse(localStorage.getItem(name)) ?? memory[name] ?? otherwise; } catch { return memory[name] ?? otherwise; }
  };
  const keep = (name, value) => {
    if (value === null) delete memory[name]; else memory[name] = value;
    try { if (value === null) localStorage.removeItem(name); else localStorage.setItem(name, JSON.stringify(value)); } catch { /* full, or not allowed */ }
  };
  const queue = () => kept(QUEUE, []).filter((item) => Date.now() - Date.parse(item.fields.phone_time) < OLD);
  const setQueue = (items) => keep(QUEUE, items.length ? items : null);
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  /** {ok}, {refused: problem, status}, or {away: true} when nothing came back. */
  const send = async (item) => {
    const body = new FormData();
    Object.entries(item.fields).forEach(([name, value]) => body.append(name, value));
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(item.url, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
      if (answer.status >= 500 || answer.status === 429) return { away: true };
      const told = await answer.json();
      return answer.ok ? { ok: told } : { refused: told, status: answer.status };
    } catch { return { away: true }; } finally { clearTimeout(timer); }
  };

  const show = (one) => {
    [card, waiting, done].forEach((each) => { if (each) each.hidden = each !== one; });
    if (one !== card) one.focus();
  };
  const busy = (is) => form?.querySelectorAll("button:not([type=button])").forEach((button) => {
    if (is) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
  });

  const written = (told) => {
    keep(DRAFT, null);
    done.querySelector("[data-door-sentence]").textContent = told.sentence;
    show(done);
  };

  const refused = ({ refused: told, status }, item, late) => {
    show(card);
    if (!form) return;
    if (late) fill(item.fields);
    const errors = told.errors || { "": [told.detail] };
    const label = (name) => (form.elements[name]?.labels?.[0]?.firstChild.textContent.trim() || "");
    const all = Object.entries(errors).flatMap(([name, several]) => several.map((one) => (label(name) ? `${label(name)}: ${one}` : one)));
    const summary = el("div", { class: "error-summary", tabindex: "-1", role: "alert" },
      el("h2", {}, late ? "Yang tersimpan di telepon belum diterima" : "Periksa isian berikut"), el("ul", {}, ...all.map((one) => el("li", {}, one))));
    form.querySelector("[data-door-said]").replaceChildren(summary);
    clean();
    Object.entries(errors).forEach(([name, several]) => {
      const field = form.elements[name]?.closest?.(".field");
      if (!field) return;
      field.classList.add("has-errors");
      const list = el("ul", { class: "field-errors" }, ...several.map((one) => el("li", {}, el("span", {}, one))));
      (field.querySelector(".field-help") || field.querySelector(".field-label")).after(list);
      form.elements[name].setAttribute("aria-invalid", "true");
    });
    if (status === 410) keep(DRAFT, { meeting: form.dataset.meeting, at: Date.now(), fields: words(item.fields) });
    summary.focus();
  };
  const clean = () => {
    form.querySelectorAll(".has-errors").forEach((field) => field.classList.remove("has-errors"));
    form.querySelectorAll(".field-errors").forEach((list) => list.remove());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  };
  const words = ({ who, name, post, institution }) => ({ who, name, post, institution });
  const fill = (fields) => {
    Object.entries(words(fields)).forEach(([name, value]) => { if (value) form.elements[name].value = value; });
    form.elements.who.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const tellWaiting = () => {
    waiting.querySelector("[data-door-who]").textContent = queue().map((item) =>
      `${item.fields.name}, jam telepon ${new Date(item.fields.phone_time).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" })}`).join(" · ");
    show(waiting);
  };

  let sending = false;
  const flush = async () => {
    if (sending) return;
    sending = true;
    for (const item of queue()) {
      const said = await send(item);
      if (said.away) { tellWaiting(); break; }
      setQueue(queue().filter((each) => each.fields.key !== item.fields.key));
      if (said.ok) written(said.ok); else refused(said, item, true);
    }
    sending = false;
  };

  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    busy(true);
    const fields = Object.fromEntries(new FormData(form));
    form.dataset.key ||= newKey();
    fields.key = form.dataset.key; // the same until it is answered: pressing again is not another person
    const item = { url: form.action, meeting: form.dataset.meeting, fields };
    const pressed = new Date().toISOString();
    const said = await send(item);
    busy(false);
    delete form.dataset.sending;
    if (said.ok) written(said.ok);
    else if (said.refused) refused(said, item, false);
    else if (missing(fields)) refused({ refused: { errors: missing(fields) } }, item, false);
    else {
      fields.phone_time = pressed;
      setQueue([...queue().filter((each) => each.fields.key !== fields.key), item]);
      tellWaiting();
    }
  });

  // Only asked when nobody else can be: what would surely come back is not left waiting.
  const missing = (fields) => {
    const errors = {};
    const asked = ["who", "name", "post", ...(fields.who === "tamu" ? ["institution"] : [])];
    asked.filter((name) => !(fields[name] || "").trim()).forEach((name) => { errors[name] = ["Wajib diisi."]; });
    if (!fields.signature && !fields.no_drawing) errors.signature = ["Gambar tanda tangan Anda, atau centang bahwa Anda tidak dapat menggambarnya."];
    return Object.keys(errors).length ? errors : null;
  };

  waiting.querySelector("[data-door-again]").addEventListener("click", flush);
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(() => { if (queue().length) flush(); }, AGAIN);
  if (queue().length) { tellWaiting(); flush(); }
  const draft = kept(DRAFT, null);
  if (form && draft?.meeting === form.dataset.meeting && Date.now() - draft.at < DRAFT_LIVES) fill(draft.fields);
})(window.Randal);
