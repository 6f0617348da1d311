// A move that asks for something is a <details> with its form, which works without script.
// With script the same form opens in a <dialog>: the page behind stays where it was.
(({ on, onContent, el }) => {
  const open = (box) => {
    if (!box.open) box.showModal();
    const first = box.querySelector("[aria-invalid=true]") || box.querySelector(".move-sheet :is(input, select, textarea):not([type=hidden])");
    if (first) first.focus();
  };
  let made = 0;
  const dress = (fold) => {
    const summary = fold.querySelector("summary");
    const id = `kotak-${++made}`;
    const button = el("button", { type: "button", class: summary.className, "data-opens": id, "aria-haspopup": "dialog" });
    button.innerHTML = summary.innerHTML; // our own markup, moved
    if (summary.dataset.key) { button.dataset.key = summary.dataset.key; button.dataset.keyLabel = summary.dataset.keyLabel; }
    const box = el("dialog", { class: "dialog", id, "aria-labelledby": `${id}-judul` });
    const close = el("button", { type: "button", class: "btn btn-quiet dialog-close", "data-closes": "", "aria-label": "Tutup" }, "✕");
    box.append(el("div", { class: "dialog-head" }, el("h2", { id: `${id}-judul` }, fold.dataset.title || summary.textContent.trim()), close));
    box.append(...[...fold.children].filter((child) => child !== summary));
    const wasOpen = fold.open;
    fold.replaceWith(button);
    // Beside the row of buttons, so that the dialog goes when htmx replaces the row.
    button.after(box);
    if (wasOpen) open(box);
  };
  onContent((root) => {
    const folds = [...root.querySelectorAll("details[data-dialog]")];
    if (root.matches?.("details[data-dialog]")) folds.push(root);
    folds.forEach(dress);
  });
  on("click", "[data-opens]", (button) => open(document.getElementById(button.dataset.opens)));
  on("click", "[data-closes]", (button, event) => { event.preventDefault(); button.closest("dialog").close(); });
  document.addEventListener("click", (event) => { if (event.target.matches?.("dialog.dialog") && event.detail) {
    const edge = event.target.getBoundingClientRect();
    if (event.clientX < edge.left || event.clientX > edge.right || event.clientY < edge.top || event.clientY > edge.bottom) event.target.close();
  } });
})(window.Randal);
