// Handing in evidence on a bad line: <form data-sender="7">. The phone makes a photo small (what the camera wrote into it goes
// along, for who judges), keeps what is to be sent in IndexedDB, and sends again by itself until the server has answered.
// The server knows each piece by `sent_as`: one that arrived twice is kept once. Without script the form sends itself.
(({ onContent, el, who, say }) => {
  const SIDE = 2000, SMALL = 700 * 1024;

  // -- the photo -----------------------------------------------------------------------------------------

  /** The EXIF block of a JPEG, its picture upright from now on and without its own thumbnail; null where there is none. */
  const exifOf = async (file) => {
    const bytes = new Uint8Array(await file.slice(0, 262144).arrayBuffer());
    const view = new DataView(bytes.buffer);
    for (let at = 2; at + 10 < bytes.length && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
      const mark = view.getUint8(at + 1);
      if (mark === 0xda) break;
      if (mark === 0xe1 && view.getUint32(at + 4) === 0x45786966) return tidy(bytes.slice(at, at + 2 + view.getUint16(at + 2)));
    }
    return null;
  };
  const tidy = (block) => {
    const view = new DataView(block.buffer);
    const base = 10, little = view.getUint16(base) === 0x4949;
    const entries = (from) => {
      const found = {};
      const count = view.getUint16(base + from, little);
      for (let i = 0; i < count; i++) found[view.getUint16(base + from + 2 + i * 12, little)] = base + from + 2 + i * 12;
      found.next = base + from + 2 + count * 12;
      return found;
    };
    const first = entries(view.getUint32(base + 4, little));
    if (first[0x0112]) view.setUint16(first[0x0112] + 8, 1, little);
    const second = view.getUint32(first.next, little);
    if (!second) return block;
    const thumb = entries(second);
    view.setUint32(first.next, 0, little);
    const start = thumb[0x0201] && base + view.getUint32(thumb[0x0201] + 8, little);
    if (!start || start + view.getUint32(thumb[0x0202] + 8, little) < block.length - 2) return block;
    const cut = block.slice(0, start);
    new DataView(cut.buffer).setUint16(2, cut.length - 2);
    return cut;
  };

  /** A photo no larger than a bad line bears; the file itself where that gains nothing. */
  const small = async (file) => {
    if (!/^image\/(jpeg|png)$/.test(file.type) || file.size <= SMALL) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = el("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      let made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      const exif = file.type === "image/jpeg" ? await exifOf(file).catch(() => null) : null;
      if (exif) made = new Blob([made.slice(0, 2), exif, made.slice(2)], { type: "image/jpeg" });
      return made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; }
  };

  // -- what is to be sent, on this device ------------------------------------------------------------------

  const store = (mode, act) => new Promise((done) => {
    const asked = indexedDB.open("randal", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kiriman");
    asked.onerror = () => done(undefined); // private browsing: nothing is kept, all else works
    asked.onsuccess = () => {
      const deed = asked.result.transaction("kiriman", mode);
      const found = act(deed.objectStore("kiriman"));
      deed.oncomplete = () => { asked.result.close(); done(found?.result); };
      deed.onerror = deed.onabort = () => { asked.result.close(); done(undefined); };
    };
  });
  const keep = (key, what) => store("readwrite", (all) => all.put(what, key));
  const drop = (key) => store("readwrite", (all) => all.delete(key));
  const kept = (key) => store("readonly", (all) => all.get(key));

  // -- one form --------------------------------------------------------------------------------------------

  const attach = (form) => {
    const key = `${who()}:${form.dataset.sender}`;
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const bar = el("progress", { class: "sending-bar", max: "1", value: "0", "aria-label": "Terkirim" });
    const words = el("p", {});
    const stop = el("button", { type: "button", class: "btn btn-quiet" }, "Batalkan");
    const note = el("div", { class: "draft-note sending", role: "status" }, words, bar, stop);
    let parcel = null, request = null, wait = null, tries = 0;

    const show = (sentence, share) => {
      if (!note.isConnected) form.prepend(note);
      words.textContent = sentence;
      bar.hidden = share === undefined;
      if (share !== undefined) bar.value = share;
    };
    const busy = (yes) => form.querySelectorAll("button:not([type=button])").forEach((button) => {
      button.disabled = yes;
      if (!yes) button.removeAttribute("aria-busy");
    });
    const rest = (sentence) => { busy(false); delete form.dataset.sent; if (sentence) show(sentence); else note.remove(); };

    const wrong = (answer) => {
      const errors = answer.errors || { "": [answer.detail] };
      form.querySelector("[data-error-summary]")?.remove();
      const list = el("ul", {}, ...Object.values(errors).flat().map((said) => el("li", {}, said)));
      const box = el("div", { class: "error-summary", "data-error-summary": "", tabindex: "-1", role: "alert" }, el("h2", {}, "Periksa isian berikut"), list);
      rest();
      form.prepend(box);
      box.focus();
    };
    const answered = async () => {
      const { status, responseText, responseURL } = request;
      let said = {};
      try { said = JSON.parse(responseText); } catch { /* a page, not ours */ }
      if (status === 200 && said.url) {
        await drop(key);
        try { localStorage.removeItem(`randal:form:${who()}:${form.dataset.draft}`); } catch { /* no store */ }
        const [path, mark] = said.url.split("#");
        if (path !== location.pathname || !mark) location.assign(said.url);
        else { history.replaceState(null, "", said.url); location.reload(); } // a mark alone loads nothing
      } else if (status === 422) { await drop(key); parcel = null; wrong(said); }
      else if (/\/masuk/.test(responseURL) || status === 400 || status === 401) rest("Sesi berakhir. Kiriman disimpan di perangkat ini; silakan masuk lagi, lalu buka halaman ini.");
      else if (status >= 500 || status === 429) later();
      else { await drop(key); rest(said.detail || (status === 413 ? "Berkas terlalu besar (maks. 20 MB)." : "Tidak dapat dikirim: tindak lanjut ini sudah berubah. Muat ulang halaman untuk melihat yang terbaru.")); }
    };
    const later = () => {
      request = null;
      const seconds = Math.min(30, 2 ** ++tries);
      show("Sambungan terputus. Kiriman disimpan di perangkat ini dan dikirim lagi sendiri.");
      clearTimeout(wait);
      wait = setTimeout(send, seconds * 1000);
    };
    const send = () => {
      if (!parcel || request) return;
      clearTimeout(wait);
      const data = new FormData();
      parcel.fields.forEach(([name, value]) => data.append(name, value));
      data.set("csrf_token", form.elements.csrf_token?.value || "");
      if (parcel.file) data.append("file", parcel.file, parcel.name);
      busy(true);
      show(`Mengirim ${parcel.name || "tautan"}…`, 0);
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Sender", "1");
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
      request.onload = answered;
      request.onerror = request.ontimeout = later;
      request.timeout = 180000;
      request.send(data);
    };

    form.addEventListener("submit", async (event) => {
      if (inputs.some((input) => input.validationMessage)) { event.preventDefault(); inputs.find((input) => input.validationMessage).focus(); return; }
      event.preventDefault();
      if (request || form.dataset.sent) return;
      form.dataset.sent = "1";
      busy(true);
      const then = event.submitter?.value || "";
      const picked = inputs.flatMap((input) => [...input.files])[0];
      if (picked) show("Mengecilkan foto…");
      const file = picked && await small(picked);
      const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrf_token", "form_key", "then"].includes(name));
      const mark = crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`;
      parcel = { at: Date.now(), sending: true, fields: [...fields, ["then", then], ["sent_as", mark]], file: file || null, name: file?.name || "" };
      await keep(key, parcel);
      tries = 0;
      send();
    });
    stop.onclick = async () => { clearTimeout(wait); const running = request; request = parcel = null; if (running) { running.onload = running.onerror = null; running.abort(); } await drop(key); rest(); say("Pengiriman dibatalkan."); };
    addEventListener("online", send);

    inputs.forEach((input) => input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file || input.validationMessage) return;
      inputs.filter((other) => other !== input).forEach((other) => { other.value = ""; });
      const about = form.elements.note;
      if (about && !about.value.trim() && file.type.startsWith("image/")) about.value = "Foto terlampir.";
      await keep(key, { at: Date.now(), sending: false, fields: [], file, name: file.name });
    }));
    kept(key).then((found) => {
      if (!found || Date.now() - found.at > 14 * 86400e3) return;
      if (found.sending) { parcel = found; send(); return; }
      if (!found.file || typeof DataTransfer === "undefined") return;
      const again = new DataTransfer();
      again.items.add(new File([found.file], found.name, { type: found.file.type }));
      const input = inputs[inputs.length - 1];
      if (input.files.length) return;
      input.files = again.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      say("Berkas yang dipilih sebelumnya masih ada.");
    });
  };
  onContent((root) => root.querySelectorAll("form[data-sender]").forEach(attach));
})(window.Randal);
