// Two people wrote in one place: show both texts and let the person choose. Texts go in as text, never as HTML
// (the other person's words are the very place where a stored script would come in).
(({ el }) => {
  const bare = (text, rich) => (rich ? new DOMParser().parseFromString(text.replace(/<(br|\/p|\/div|\/li|\/h\d)[^>]*>/gi, "$&\n"), "text/html").body.textContent.trim() : text);
  /** Show the panel inside `form`; answers by calling `choose("mine" | "theirs")` once. `kept`: mine was found on this device. */
  window.Randal.conflict = (form, { mine, theirs, by, at, rich, kept }, choose) => {
    form.querySelector(".conflict")?.remove();
    const name = by || "orang lain";
    const words = kept
      ? { head: "Ketikan yang belum tersimpan", mine: "Ketikan Anda di perangkat ini", theirs: "Yang tersimpan sekarang", keep: "Pulihkan ketikan yang belum tersimpan", leave: "Pakai yang tersimpan" }
      : { head: `Bagian ini sudah diubah oleh ${name}${at ? ` (${at})` : ""}`, mine: "Tulisan Anda", theirs: `Tulisan ${name}`, keep: "Pakai tulisan saya", leave: `Pakai tulisan ${name}` };
    const text = (title, words) => el("div", {}, el("b", {}, title), el("div", { class: "conflict-text", tabindex: "0", role: "group", "aria-label": title }, bare(words, rich) || "(kosong)"));
    const pick = (which, label, kind) => {
      const button = el("button", { type: "button", class: `btn ${kind}` }, label);
      button.onclick = () => { panel.remove(); choose(which); };
      return button;
    };
    const panel = el("div", { class: "conflict", role: "group", "aria-label": "Dua tulisan berbeda" },
      el("p", { class: "h3" }, words.head),
      el("div", { class: "conflict-texts" }, text(words.mine, mine), text(words.theirs, theirs)),
      el("div", { class: "row-of-buttons" }, pick("mine", words.keep, "btn-primary"), pick("theirs", words.leave, "")));
    form.append(panel);
  };
})(window.Randal);
