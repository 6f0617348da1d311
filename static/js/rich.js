// <textarea data-rich> becomes a Trix editor; the textarea stays the field that is sent, so without script one writes plain text.
delete document.head.insertBefore; // see rich-before.js
(({ onContent, el }) => {
  const NAMES = { bold: "Tebal", italic: "Miring", strike: "Coret", link: "Tautan", heading1: "Judul", quote: "Kutipan", code: "Kode", bullets: "Daftar butir", numbers: "Daftar bernomor",
    outdent: "Geser ke kiri", indent: "Geser ke kanan", undo: "Urungkan", redo: "Ulangi", url: "Alamat tautan", urlPlaceholder: "https://…", unlink: "Hapus tautan", attachFiles: "Lampirkan" };
  Object.assign(Trix.config.lang, NAMES);
  document.addEventListener("trix-file-accept", (event) => event.preventDefault()); // pictures belong to the documents, not into the text
  document.addEventListener("trix-initialize", ({ target }) => {
    const bar = target.toolbarElement;
    bar.querySelectorAll("[data-trix-attribute=code], [data-trix-attribute=strike], [data-trix-attribute=quote]").forEach((button) => button.remove());
    bar.querySelectorAll("button[title]").forEach((button) => {
      const name = NAMES[button.dataset.trixAttribute] || NAMES[{ bullet: "bullets", number: "numbers", href: "link" }[button.dataset.trixAttribute]] ||
        NAMES[{ decreaseNestingLevel: "outdent", increaseNestingLevel: "indent", undo: "undo", redo: "redo" }[button.dataset.trixAction]];
      if (name) { button.title = name; button.setAttribute("aria-label", name); }
    });
    bar.querySelectorAll("input[type=url]").forEach((input) => { input.placeholder = NAMES.urlPlaceholder; input.setAttribute("aria-label", NAMES.url); });
    bar.querySelectorAll(".trix-dialog input[type=button]").forEach((button) => { button.value = button.dataset.trixMethod === "removeAttribute" ? NAMES.unlink : "Pasang"; });
  });
  document.addEventListener("trix-change", ({ target }) => target.inputElement?.dispatchEvent(new Event("input", { bubbles: true })));
  document.addEventListener("trix-blur", ({ target }) => target.inputElement?.dispatchEvent(new Event("blur")));

  onContent((root) => root.querySelectorAll("textarea[data-rich]:not([hidden])").forEach((area) => {
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (label && !label.id) label.id = `${area.id}-label`;
    const editor = el("trix-editor", { input: area.id, class: "form-control", role: "textbox", "aria-multiline": "true" });
    if (label) { editor.setAttribute("aria-labelledby", label.id); label.addEventListener("click", () => editor.focus()); }
    ["aria-describedby", "aria-invalid"].forEach((name) => { if (area.hasAttribute(name)) editor.setAttribute(name, area.getAttribute(name)); });
    area.hidden = true;
    area.required = false; // a hidden field cannot be pointed at; the server says it
    area.after(editor);
  }));
})(window.Randal);
