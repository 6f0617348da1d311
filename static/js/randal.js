// What every page does: send a form once, copy a text, lead the eye to the first error, say when the line is cut.
// Everything hangs on data- attributes and on `document`, so it also holds for what htmx brings in later.
"use strict";
window.Randal = (() => {
  const ready = [];
  let begun = false; // a deferred script runs before DOMContentLoaded: the page is still to be made, once
  /** Run `make(root)` for the page and for every piece htmx swaps in. */
  const onContent = (make) => { ready.push(make); if (begun) make(document); };
  const content = (root) => ready.forEach((make) => make(root));
  document.addEventListener("DOMContentLoaded", () => { begun = true; content(document); });
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) content(event.target); });

  /** One quiet sentence, also read aloud. */
  const say = (sentence) => {
    const place = document.getElementById("sebut");
    if (!place) return;
    place.textContent = "";
    setTimeout(() => { place.textContent = sentence; }, 30);
    clearTimeout(say.wait);
    say.wait = setTimeout(() => { place.textContent = ""; }, 5000);
  };

  const on = (kind, selector, act) => document.addEventListener(kind, (event) => {
    const hit = event.target.closest?.(selector);
    if (hit) act(hit, event);
  });

  /** Make an element: el("p", {class: "soft"}, "text", child). Text is always text, never HTML. */
  const el = (tag, given = {}, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(given).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  };

  const who = () => document.documentElement.dataset.person || "";
  return { onContent, arrived: content, say, on, el, who };
})();

(({ on, onContent, say }) => {
  // A second press while the first is under way sends nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.matches("[data-autosave]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  const again = (root) => root.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
  // What makes something carries a key. Whoever goes back and sends again sends the key of before, also when the page was asked
  // for anew; a form that stays open has another one once it was answered.
  const keyed = () => [...document.querySelectorAll("input[name=form_key]")];
  const place = (input) => `${input.form.getAttribute("action") || ""}#${keyed().filter((one) => one.form.getAttribute("action") === input.form.getAttribute("action")).indexOf(input)}`;
  document.addEventListener("submit", (event) => {
    const input = event.target.elements.form_key;
    if (input && !event.target.matches("[hx-post], [data-deed]")) history.replaceState({ ...history.state, sent: { ...history.state?.sent, [place(input)]: input.value } }, "");
  });
  onContent(() => keyed().forEach((input) => { input.value = history.state?.sent?.[place(input)] || input.value; }));
  document.addEventListener("htmx:afterRequest", (event) => {
    const input = event.detail.successful && event.target.elements?.form_key;
    if (input) input.value = crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
  });
  addEventListener("pageshow", () => again(document));
  document.addEventListener("htmx:afterRequest", () => again(document));
  document.addEventListener("htmx:sendError", () => say("Sambungan terputus. Silakan coba lagi."));
  document.addEventListener("htmx:responseError", () => say("Terjadi kesalahan. Silakan muat ulang halaman."));

  onContent((root) => {
    const first = root.querySelector("[data-error-summary]") || root.querySelector("[aria-invalid=true]");
    if (first) first.focus();
  });

  // Clipboard needs https; the office network often has none, so the old way stands behind it.
  on("click", "[data-copy]", async (button) => {
    const text = button.dataset.copy;
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.createElement("textarea");
      area.value = text;
      button.after(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      button.focus();
      if (!done) { say("Tidak dapat menyalin. Pilih teksnya, lalu salin sendiri."); return; }
    }
    say(button.dataset.copied || "Tersalin.");
  });

  on("click", "[data-reveal]", (button) => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });

  const megabytes = (bytes) => (bytes / 1048576).toLocaleString("id-ID", { maximumFractionDigits: 1 }) + " MB";
  on("change", "input[type=file]", (input) => {
    const note = input.parentElement.querySelector(".file-note");
    const files = [...input.files];
    const most = Number(input.dataset.maxBytes || 20 * 1048576);
    const big = files.find((file) => file.size > most);
    const empty = files.find((file) => file.size === 0);
    const wrong = big ? `Berkas terlalu besar (maks. ${megabytes(most)}).` : empty ? "Berkas ini kosong. Pilih berkas lain." : "";
    input.setCustomValidity(wrong);
    if (note) {
      note.textContent = wrong || files.map((file) => `${file.name} (${megabytes(file.size)})`).join(", ");
      note.classList.toggle("is-bad", Boolean(wrong));
    }
  });

  const rows = (tool) => [...tool.closest(".field").querySelectorAll(".choice")];
  on("input", "[data-sift]", (input) => rows(input).forEach((row) => {
    row.hidden = !row.textContent.toLowerCase().includes(input.value.trim().toLowerCase());
  }));
  on("click", "[data-all]", (button) => rows(button).filter((row) => !row.hidden).forEach((row) => {
    row.querySelector("input").checked = button.dataset.all === "1";
    row.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  }));

  const line = () => { const hint = document.getElementById("putus"); if (hint) hint.hidden = navigator.onLine; };
  addEventListener("online", line);
  addEventListener("offline", line);
  onContent(line);

  // Menus made of <details> close on Esc and on a click elsewhere.
  document.addEventListener("click", (event) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  // A table that is wider than its place is reached and scrolled by keyboard too.
  const reach = () => document.querySelectorAll(".table-frame:not([tabindex])").forEach((frame) => {
    if (frame.scrollWidth <= frame.clientWidth) return;
    frame.tabIndex = 0;
    frame.setAttribute("role", "group"); // no landmark: its section, of the same name, is one already
    frame.setAttribute("aria-label", frame.querySelector("caption")?.textContent.trim() || "Tabel, dapat digeser");
  });
  onContent(reach);
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
  onContent((root) => root.querySelectorAll("[data-needs-script]").forEach((tool) => { tool.hidden = false; }));
})(window.Randal);
