// Two people wrote in one place: show both texts and let the person choose. Texts go in as text, never as HTML
// (the other person's words are the very place where a stored script would come in).
(({ el }) => {
  const bare = (text, rich) => (rich ? new DOMParser().parseFromString(text.replace(/<(br|\/p|\/div|\/li|\/h\d)[^>]*>/gi, "$&\n"), "text/html").body.textContent.trim() : text);
  /** Show the panel inside `form`; answers by calling `choose("mine" | "theirs")` once. */
  window.Randal.conflict = (form, { mine, theirs, by, at, rich }, choose) => {
    form.querySelector(".conflict")?.remove();
    const name = by || "orang lain";
    const text = (title, words) => el("div", {}, el("b", {}, title), el("div", { class: "conflict-text", tabindex: "0", role: "group", "aria-label": title }, bare(words, rich) || "(kosong)"));
    const pick = (which, label, kind) => {
      const button = el("button", { type: "button", class: `btn ${kind}` }, label);
      button.onclick = () => { panel.remove(); choose(which); };
      return button;
    };
    const panel = el("div", { class: "conflict", role: "group", "aria-label": "Dua tulisan berbeda" },
      el("p", { class: "h3" }, `Bagian ini sudah diubah oleh ${name}${at ? ` (${at})` : ""}`),
      el("div", { class: "conflict-texts" }, text("Tulisan Anda", mine), text(`Tulisan ${name}`, theirs)),
      el("div", { class: "row-of-buttons" }, pick("mine", "Pakai tulisan saya", "btn-primary"), pick("theirs", `Pakai tulisan ${name}`, "")));
    form.append(panel);
  };
})(window.Randal);
