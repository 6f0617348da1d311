// A page that stays fresh by itself: <main data-fresh-page="<url>" data-mark="<mark>" data-every="5">.
// Every few seconds, while somebody can see it, the page is asked for again with If-None-Match: 304 while nothing changed.
// What changed is put in place: inside each [data-fresh="name"] every child with an id is one piece. A piece is exchanged as
// a whole when the server's words for it changed, and only when nobody is at work in it; else it waits for the next turn.
// So focus, scroll and half-typed words stay where they are. With data-here on a section, the question also says where
// this person writes.
(({ arrived, say }) => {
  const page = document.querySelector("[data-fresh-page]");
  if (!page) return;
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const plain = (root) => { root.querySelectorAll("input[name=csrf_token], input[name=form_key]").forEach((one) => one.setAttribute("value", "")); return root; };
  // Emptied to compare, the token is put back into what takes its place on the page: its forms are sent as they stand.
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || page.querySelector("input[name=csrf_token]")?.value || "";
  const signed = (root) => {
    root.querySelectorAll("input[name=csrf_token]").forEach((one) => one.setAttribute("value", token));
    root.querySelectorAll("input[name=form_key]").forEach((one) => one.setAttribute("value", crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`));
    return root;
  };
  /** The outermost regions in it, itself included. */
  const regions = (root) => (root.matches("[data-fresh]") ? [root] : [...root.querySelectorAll("[data-fresh]")].filter((one) => {
    const above = one.parentElement.closest("[data-fresh]");
    return !above || !root.contains(above);
  }));
  const find = (root, name) => (root.dataset.fresh === name ? root : root.querySelector(`[data-fresh="${CSS.escape(name)}"]`));
  const pieces = (region) => [...region.children].filter((one) => one.id);

  // What the server said last, before any script touched it: this file runs before the others begin.
  let known = plain(page.cloneNode(true)), next = null, mark = page.dataset.mark, tries = 0, timer = null, asking = null;
  const every = Number(page.dataset.every || 5) * 1000;

  /** The piece without what is in the regions inside it. */
  const shell = (piece) => {
    const bare = piece.cloneNode(true);
    regions(bare).forEach((one) => one.replaceChildren());
    return bare.outerHTML;
  };
  const busy = (piece) => {
    const at = document.activeElement;
    if (at && piece.contains(at) && at.matches("input, textarea, select, trix-editor, [contenteditable]")) return true;
    if (piece.querySelector("dialog[open], .is-dragged, .sortable-chosen, .conflict")) return true;
    return [...piece.querySelectorAll("input, textarea")].some((field) => {
      const saves = field.closest("form[data-autosave]");
      if (saves) return ["typing", "saving", "failed", "conflict", "refused", "expired"].includes(saves.dataset.state);
      return field.type !== "hidden" && (["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
    });
  };

  // Fields that save themselves (autosave.js) take what is newer one by one: the rest of their piece stays as it stands.
  const saving = (root) => [...root.querySelectorAll("form[data-autosave]")];
  const field = (form) => form.querySelector("[data-autosaved]");
  const version = (form) => Number(form.querySelector("[name=version]").value);
  const twin = (form, root) => saving(root).find((one) => one.getAttribute("action") === form.getAttribute("action") && field(one).name === field(form).name);
  const neutral = (piece) => {
    const bare = piece.cloneNode(true);
    regions(bare).forEach((one) => one.replaceChildren());
    saving(bare).forEach((form) => {
      form.querySelector("[name=version]").setAttribute("value", "");
      form.querySelectorAll("textarea").forEach((one) => { one.textContent = ""; });
      form.querySelectorAll("option[selected]").forEach((one) => one.removeAttribute("selected"));
      form.querySelectorAll("input[data-autosaved]").forEach((one) => one.removeAttribute("value"));
    });
    return bare.outerHTML;
  };
  /** Did all of them take it? One that is being typed in does not. */
  const handed = (piece, newer) => saving(newer).map((form) => {
    const detail = { value: field(form).value, version: version(form) };
    return twin(form, piece)?.dispatchEvent(new CustomEvent("randal:newer", { cancelable: true, detail })) ?? true;
  }).every(Boolean);
  const isOlder = (piece, newer) => saving(newer).some((form) => { const here = twin(form, piece); return here && version(form) < version(here); });

  /** How to find the focused control again in what took its place. */
  const spot = () => {
    const at = document.activeElement;
    if (!at || at === document.body) return () => {};
    const form = at.closest("form");
    return () => {
      if (at.isConnected) return document.activeElement === at || at.focus({ preventScroll: true });
      const same = (at.id && document.getElementById(at.id)) || (form && [...document.forms].find((one) => one.action === form.action)?.querySelector(at.tagName));
      same?.focus({ preventScroll: true });
    };
  };

  let left = 0; // pieces that wait because somebody is at work in them
  const settle = (live, before, after) => {
    const old = new Map(pieces(before).map((one) => [one.id, one]));
    const wanted = pieces(after);
    const ids = new Set(wanted.map((one) => one.id));
    pieces(live).filter((one) => !ids.has(one.id)).forEach((one) => { if (busy(one)) left += 1; else { old.get(one.id)?.remove(); one.remove(); } });
    let behind = null;
    wanted.forEach((one) => {
      let there = pieces(live).find((candidate) => candidate.id === one.id);
      const was = old.get(one.id);
      if (there && was && shell(was) !== shell(one) && neutral(was) === neutral(one)) {
        if (handed(there, one)) was.replaceWith(one.cloneNode(true)); else left += 1;
      } else if (!there || !was || shell(was) !== shell(one)) {
        if (there && (busy(there) || isOlder(there, one))) left += 1;
        else {
          const made = signed(document.importNode(one, true));
          if (there) there.querySelectorAll("details").forEach((fold, at) => { const same = made.querySelectorAll("details")[at]; if (same) same.open = fold.open; });
          if (there) there.replaceWith(made); else live.append(made);
          there = made;
          was ? was.replaceWith(one.cloneNode(true)) : before.append(one.cloneNode(true));
          arrived(made);
          window.htmx?.process(made);
        }
      } else if (was) {
        regions(one).forEach((inner) => both(there, was, inner));
      }
      const follows = behind ? behind.nextElementSibling : pieces(live)[0];
      if (follows !== there) { if (behind) behind.after(there); else live.insertBefore(there, follows || null); }
      behind = there;
    });
  };

  const both = (live, before, region) => {
    const [there, was] = [live, before].map((root) => find(root, region.dataset.fresh));
    if (there && was) settle(there, was, region);
  };

  const renew = () => {
    if (!next) return;
    const refocus = spot();
    left = 0;
    regions(next).forEach((region) => both(page, known, region));
    refocus();
    if (!left) next = null;
    page.dispatchEvent(new CustomEvent("randal:fresh", { bubbles: true }));
  };

  // At work is who has moved in the last minute: a field may keep the focus over lunch.
  let moved = 0;
  ["keydown", "pointerdown", "focusin"].forEach((kind) => addEventListener(kind, () => { moved = Date.now(); }, { passive: true, capture: true }));
  const here = () => {
    const at = Date.now() - moved < 60000 ? document.activeElement : null;
    const place = at?.matches("input, textarea, select, trix-editor") && at.closest("[data-here]");
    return place ? { "X-Here": place.dataset.here } : {};
  };
  const state = (word) => {
    document.documentElement.dataset.line = word;
    const hint = document.getElementById("putus");
    if (hint) hint.hidden = word === "up" && navigator.onLine;
  };

  const ask = async () => {
    if (asking) return asking;
    clearTimeout(timer);
    asking = (async () => {
      try {
        const answer = await fetch(page.dataset.freshPage, { headers: { "If-None-Match": `"${mark}"`, "X-Fresh": "1", ...here() }, redirect: "manual", credentials: "same-origin", cache: "no-store" });
        tries = 0;
        state("up");
        if (answer.type === "opaqueredirect" || answer.status === 401) { page.dataset.ended = "1"; say("Sesi berakhir. Silakan masuk lagi."); return; }
        if (answer.status === 200) {
          const found = parse(await answer.text()).querySelector("[data-fresh-page]");
          if (found) { mark = found.dataset.mark; Object.assign(page.dataset, { mark, now: found.dataset.now || "" }); next = plain(found); }
        } else if (answer.status >= 500) tries += 1;
      } catch { tries += 1; state("down"); }
    })();
    await asking;
    asking = null;
    renew();
    plan();
  };
  // In a hidden tab nothing is asked; a line that is down is asked less and less often.
  const plan = () => {
    clearTimeout(timer);
    if (document.hidden || page.dataset.ended) return;
    timer = setTimeout(ask, Math.min(every * 2 ** Math.min(tries, 4), 60000));
  };
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else ask(); });
  addEventListener("online", () => ask());
  window.Randal.fresh = ask;
  /** Another script has put this region in place from the server's page: what is known of it is that. */
  window.Randal.renewed = (region) => find(known, region.dataset.fresh)?.replaceWith(plain(region.cloneNode(true)));
  plan();
})(window.Randal);
