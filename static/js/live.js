// The live minutes: <form data-adds> posts by htmx, its row joins the list, and the form is empty again for the next one.
//   201  the row; what is marked data-keeps stays typed, the first field (data-first) has the focus
//   else the sentences of the answer stand above the form, and what was typed stays
(({ say }) => {
  const formOf = (event) => event.detail.requestConfig?.elt?.closest?.("form[data-adds]") || event.target.closest?.("form[data-adds]");

  const sentences = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const found = [...page.querySelectorAll(".note li, .error-summary li, .field-errors li")];
    const several = found.length ? found : [...page.querySelectorAll(".note p, main p")];
    return [...new Set(several.map((one) => one.textContent.trim()).filter(Boolean))];
  };

  document.addEventListener("htmx:configRequest", (event) => {
    const everyone = event.detail.elt.querySelector?.("[data-everyone]");
    if (!everyone?.checked) return;
    delete event.detail.parameters.unit_id;
    event.detail.parameters.unit_ids = everyone.dataset.everyone.split(",");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = formOf(event);
    if (!form) return;
    const said = form.querySelector("[data-said]");
    if (event.detail.xhr.status === 201) { said.replaceChildren(); return; }
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    const list = document.createElement("ul");
    list.className = "field-errors";
    const told = sentences(event.detail.xhr.responseText);
    (told.length ? told : ["Belum tersimpan. Silakan coba lagi."]).forEach((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      list.append(item);
    });
    said.replaceChildren(list);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (!form || event.detail.xhr.status !== 201) return;
    const kept = [...form.querySelectorAll("[data-keeps]")].map((field) => [field, field.value]);
    form.reset();
    kept.forEach(([field, value]) => { field.value = value; });
    form.querySelector("[data-everyone]")?.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelector("[data-first]")?.focus();
    say("Tercatat.");
  });

  // The line is down: what was typed stays in its form, and on this device.
  document.addEventListener("htmx:sendError", (event) => {
    const form = formOf(event);
    if (!form) return;
    const item = document.createElement("li");
    item.textContent = "Menunggu sambungan: belum terkirim. Isian ini disimpan di perangkat ini; kirim lagi bila sudah tersambung.";
    const list = document.createElement("ul");
    list.className = "field-errors";
    list.append(item);
    form.querySelector("[data-said]").replaceChildren(list);
  });

  // "Untuk semua PPK": then no single one is asked for.
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-everyone]")) return;
    event.target.form.querySelector("[name=unit_id]").disabled = event.target.checked;
  });
})(window.Randal);
