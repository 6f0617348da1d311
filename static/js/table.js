// The secretariat's table. Typing sifts, Enter marks the chosen line, and the list follows what other devices do. What is
// marked while the line is cut waits here and goes by itself; the server says when somebody else was faster.
(({ onContent }) => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const EVERY = 3000;
  const list = desk.querySelector("[data-seats]");
  const find = desk.querySelector("[data-find]");
  const only = desk.querySelector("[data-only-missing]");
  const none = desk.querySelector("[data-none]");
  const said = desk.querySelector("[data-said]");
  const cut = desk.querySelector("[data-cut]");
  const guest = desk.querySelector("[data-guest-fold]");
  const line = desk.querySelector("[data-quorum]");
  let mark = desk.dataset.mark, chosen = null;
  let waiting = []; // {url, body, label}
  const later = new Map(); // lines that changed while somebody writes in them

  const tell = (sentence, bad = false) => { said.textContent = sentence; said.classList.toggle("is-bad", bad); };
  const rows = () => [...list.children];
  const seen = () => rows().filter((row) => !row.hidden);
  const choose = (row) => {
    chosen?.classList.remove("is-chosen");
    chosen = row || null;
    chosen?.classList.add("is-chosen");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) find.setAttribute("aria-activedescendant", chosen.id); else find.removeAttribute("aria-activedescendant");
  };
  const sift = () => {
    const words = find.value.trim().toLocaleLowerCase("id").split(/\s+/).filter(Boolean);
    rows().forEach((row) => {
      row.hidden = !words.every((word) => row.dataset.search.includes(word)) || (only.checked && row.dataset.here === "1");
    });
    const left = seen();
    none.hidden = left.length > 0 || !words.length;
    choose(words.length ? left.find((row) => row.dataset.here === "0") || left[0] : null);
  };

  const inUse = (row) => row.querySelector("details[open]") && row.contains(document.activeElement);
  const put = (told) => {
    const old = document.getElementById(`baris-${told.id}`);
    if (old && inUse(old)) { later.set(told.id, told); return; }
    later.delete(told.id);
    const made = new DOMParser().parseFromString(told.html, "text/html").querySelector("li");
    if (old) old.replaceWith(made); else list.append(made);
    if (chosen === old) chosen = made;
  };
  const take = (told) => {
    told.rows.forEach(put);
    window.RandalQuorum(line, told.counts);
    sift();
  };
  document.addEventListener("focusout", () => setTimeout(() => [...later.values()].forEach(put), 50));

  const fetchJson = async (url, given = {}) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 10000);
    try {
      return await fetch(url, { ...given, headers: { Accept: "application/json" }, signal: stop.signal });
    } finally { clearTimeout(timer); }
  };
  const waits = () => {
    cut.hidden = !waiting.length;
    cut.querySelector("[data-cut-who]").textContent = waiting.map((one) => one.label).join(", ");
  };
  /** true when the server answered (yes or no), false when it could not be reached. */
  const post = async ({ url, body, label }) => {
    let answer;
    try { answer = await fetchJson(url, { method: "POST", body }); } catch { return false; }
    if (answer.status >= 500) return false;
    const told = await answer.json().catch(() => ({ rows: [], detail: "Muat ulang halaman ini." }));
    tell(told.sentence || told.detail || label, !answer.ok);
    if (told.rows && told.counts) take(told);
    return answer;
  };
  const send = async (one) => {
    const answer = await post(one);
    if (answer) return answer;
    one.body.set("phone_time", new Date().toISOString());
    waiting.push(one);
    tell(`${one.label}: menunggu jaringan.`, true);
    waits();
    return null;
  };
  const resend = async () => {
    while (waiting.length) {
      if (!await post(waiting[0])) return;
      waiting = waiting.slice(1);
      waits();
    }
  };

  list.addEventListener("submit", (event) => deed(event));
  guest?.addEventListener("submit", (event) => deed(event));
  const deed = async (event) => {
    const form = event.target.closest("[data-deed]");
    if (!form) return;
    event.preventDefault();
    if (!form.reportValidity()) return;
    const row = form.closest("[data-row]");
    const body = new FormData(form);
    const label = row ? row.querySelector(".seat-label").textContent.trim() : body.get("name");
    form.closest("details")?.removeAttribute("open");
    find.focus();
    find.value = "";
    sift();
    const answer = await send({ url: form.action, body, label });
    if (!row && answer?.ok) form.reset();
    if (!row && answer && !answer.ok) { guest.open = true; form.querySelector("input:not([type=hidden])").focus(); }
  };

  find.addEventListener("input", sift);
  only.addEventListener("change", sift);
  find.addEventListener("keydown", (event) => {
    const left = seen();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const at = left.indexOf(chosen) + (event.key === "ArrowDown" ? 1 : -1);
      choose(left[(at + left.length) % left.length]);
    } else if (event.key === "Escape") { find.value = ""; sift(); } else if (event.key === "Enter") {
      event.preventDefault();
      if (!chosen && !none.hidden && guest) {
        guest.open = true;
        guest.querySelector("[name=name]").value = find.value.trim();
        guest.querySelector("[name=post]").focus();
      } else if (chosen?.dataset.here === "1") tell(`${chosen.querySelector(".seat-label").textContent.trim()} sudah tercatat hadir.`, true);
      else if (chosen && event.shiftKey) {
        const fold = chosen.querySelector("[data-fold]");
        if (fold) { fold.open = true; fold.querySelector("input:not([type=hidden])").focus(); }
      } else chosen?.querySelector("form[data-deed]")?.requestSubmit();
    }
  });
  list.addEventListener("toggle", (event) => {
    // Told late on a busy machine: who is already writing is not brought back to the first box.
    if (event.target.open && !event.target.querySelector("form").contains(document.activeElement)) event.target.querySelector("input:not([type=hidden])")?.focus();
  }, true);
  list.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && event.target.closest("details[open]");
    if (fold) { fold.open = false; find.focus(); }
  });

  const ask = async () => {
    try {
      const answer = await fetchJson(`${desk.dataset.desk}?sejak=${mark}`);
      await resend();
      if (answer.status === 200) {
        const told = await answer.json();
        mark = told.mark;
        take(told);
      }
    } catch { /* said where something waits */ }
    setTimeout(ask, EVERY);
  };
  onContent(() => sift());
  setTimeout(ask, EVERY);
  addEventListener("online", resend);
})(window.Randal);
