// Judging claim after claim: a chosen reason goes into its field, all pieces accepted at once.
(({ on, say }) => {
  on("click", "[data-insert]", (button) => {
    const field = document.getElementById(button.dataset.insert);
    const text = button.textContent.trim();
    if (!field.value.includes(text)) field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  on("click", "[data-accept-all]", () => {
    const open = [...document.querySelectorAll("[data-accept]")].filter((radio) => !document.querySelector(`[name="${radio.name}"]:checked`));
    open.forEach((radio) => { radio.checked = true; });
    say(open.length ? `${open.length} bukti ditandai diterima.` : "Semua bukti sudah dinilai.");
  });
})(window.Randal);
