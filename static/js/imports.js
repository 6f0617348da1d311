// A big file is checked while the page tells how far it is. Without script the same form is simply sent.
(() => {
  const form = document.querySelector("form[data-import]");
  if (!form || !window.ReadableStream) return;
  const box = form.querySelector("[data-progress]"), bar = box.querySelector("progress"), said = box.querySelector("[data-said]");
  const number = new Intl.NumberFormat("id-ID");
  const show = ({ rows, total, file }) => {
    if (total && total >= rows) bar.value = (100 * rows) / total; else bar.removeAttribute("value");
    said.textContent = `${file ? `${file}: ` : ""}${number.format(rows)} baris diperiksa…`;
  };
  const read = async (answer) => {
    const source = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", last = {};
    for (;;) {
      const { value, done } = await source.read();
      const lines = (rest + (value || "")).split("\n");
      rest = done ? "" : lines.pop();
      lines.filter(Boolean).map((line) => JSON.parse(line)).forEach((step) => { last = step; if ("rows" in step) show(step); });
      if (done) return last;
    }
  };
  form.addEventListener("submit", async (event) => {
    const size = [...form.querySelector("input[type=file]").files].reduce((sum, file) => sum + file.size, 0);
    if (form.dataset.plain || size < 100000) return; // a small one is there at once
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    box.hidden = false;
    bar.removeAttribute("value");
    said.textContent = "Mengunggah…";
    try {
      const last = await read(await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/x-ndjson" } }));
      if (last.url) { location.assign(last.url); return; }
    } catch { /* the form itself says what is wrong */ }
    form.dataset.plain = "1";
    button.disabled = false;
    box.hidden = true;
    form.requestSubmit();
  });
})();
