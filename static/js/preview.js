// The pages of the paper beside its editor: <div data-preview="<url>" data-has="<what is shown>">.
// Every few seconds, while somebody can see it, the piece is asked for again; 204 while it would be the same. The words are
// put in place at once, the pages one by one: an image keeps showing its old page until the new one has come, and who has
// scrolled to page 7 stays there.
(() => {
  const EVERY = 3000;
  let tries = 0, timer = null;
  const piece = () => document.querySelector("[data-preview]");
  const seen = (one) => one && !document.hidden && one.getClientRects().length > 0;

  const settle = (live, next) => {
    live.dataset.has = next.dataset.has;
    const [words, newWords] = [live, next].map((one) => one.querySelector("[data-preview-state]"));
    if (!words.contains(document.activeElement)) words.replaceChildren(...newWords.childNodes);
    const [pages, newPages] = [live, next].map((one) => one.querySelector("[data-preview-pages]"));
    [...newPages.children].forEach((one, at) => {
      const there = pages.children[at];
      if (!there) { pages.append(one); return; }
      const [image, newer] = [there, one].map((page) => page.querySelector("img"));
      ["width", "height", "alt", "src"].forEach((name) => { if (image.getAttribute(name) !== newer.getAttribute(name)) image.setAttribute(name, newer.getAttribute(name)); });
    });
    [...pages.children].slice(newPages.children.length || pages.children.length).forEach((one) => one.remove());
  };

  const ask = async () => {
    clearTimeout(timer);
    const live = piece();
    if (!live) return;
    if (seen(live)) {
      try {
        const answer = await fetch(`${live.dataset.preview}?ada=${encodeURIComponent(live.dataset.has || "")}`, { redirect: "manual", credentials: "same-origin", cache: "no-store" });
        tries = 0;
        if (answer.type === "opaqueredirect" || answer.status === 404) return; // signed out, or frozen meanwhile
        if (answer.status === 200) {
          const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
          if (next) settle(live, document.importNode(next, true));
        }
      } catch { tries += 1; }
    }
    plan();
  };
  const plan = () => { clearTimeout(timer); if (!document.hidden) timer = setTimeout(ask, Math.min(EVERY * 2 ** tries, 60000)); };
  // "Coba lagi" without leaving the page that is being written.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-preview] form");
    if (!form) return;
    event.preventDefault();
    document.activeElement?.blur();
    try { await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", credentials: "same-origin" }); } catch { /* told by the next question */ }
    ask();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  ask();
})();
