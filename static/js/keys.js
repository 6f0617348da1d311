// Keys for the minute-taker. Any button, link or field with data-key="t" data-key-label="Tindak lanjut baru" answers Alt+T;
// `?` (outside a field) or Alt+/ opens the list, which is read from the page itself. Ctrl+Enter sends the form at hand.
(({ el, onContent }) => {
  const doors = () => [...document.querySelectorAll("[data-key]")].filter((door) => door.checkVisibility?.() ?? door.offsetParent);
  const typing = (at) => at.matches?.("input, textarea, select, trix-editor, [contenteditable]");
  const mac = /Mac|iPhone/.test(navigator.platform);

  const help = () => {
    let box = document.getElementById("bantuan-tombol");
    box?.remove();
    const rows = doors().map((door) => [`${mac ? "Option" : "Alt"} + ${door.dataset.key.toUpperCase()}`, door.dataset.keyLabel || door.textContent.trim()]);
    if (document.querySelector("[data-list]")) rows.push(["j / k", "Di dalam daftar: baris berikutnya / sebelumnya"], ["x", "Di dalam daftar: pilih baris"], ["Enter", "Di dalam daftar: buka baris"]);
    rows.push(["Ctrl + Enter", "Simpan isian yang sedang ditulis"], ["Esc", "Tutup kotak"], ["?", "Daftar tombol ini"]);
    const list = el("dl", { class: "facts" }, ...rows.map(([key, label]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, label))));
    box = el("dialog", { class: "dialog", id: "bantuan-tombol", "aria-labelledby": "bantuan-judul" },
      el("div", { class: "dialog-head" }, el("h2", { id: "bantuan-judul" }, "Tombol pintas"), el("button", { type: "button", class: "btn btn-quiet dialog-close", "data-closes": "", "aria-label": "Tutup" }, "✕")),
      el("div", { class: "dialog-body" }, list));
    document.body.append(box);
    box.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    // event.code: on a Mac Alt+T writes another character
    const letter = event.altKey && !event.ctrlKey && !event.metaKey && /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "";
    const door = letter && doors().find((one) => one.dataset.key === letter);
    if (door) {
      event.preventDefault();
      if (typing(door)) { door.focus(); door.scrollIntoView({ block: "center" }); } else door.click();
    } else if ((event.key === "?" && !typing(event.target)) || (event.altKey && event.code === "Slash")) {
      event.preventDefault();
      help();
    }
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys-help]")) help(); });
  onContent((root) => root.querySelectorAll("[data-key]").forEach((door) => door.setAttribute("aria-keyshortcuts", `Alt+${door.dataset.key.toUpperCase()}`)));
})(window.Randal);
