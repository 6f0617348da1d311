// The room's screen: the code changes by the server's clock, the counts by asking every few seconds. Without network it
// goes on with the codes it was given ahead, and says so.
(() => {
  const wall = document.querySelector("[data-screen]");
  if (!wall) return;
  const EVERY = 3000;
  const step = Number(wall.dataset.step);
  const image = wall.querySelector("img[data-code]");
  const bar = wall.querySelector("[data-left-bar]");
  const words = wall.querySelector("[data-left-words]");
  const cut = wall.querySelector("[data-cut]");
  const over = wall.querySelector("[data-over]");
  let codes = [{ number: Number(image.dataset.code), until: Number(image.dataset.until), picture: image.src }];
  let base = { server: Number(wall.dataset.now), at: performance.now() }; // this machine's own clock may be wrong
  let ended = false;
  const now = () => base.server + performance.now() - base.at;

  const tick = () => {
    if (ended) return;
    codes = codes.filter((code) => code.until > now());
    const [code] = codes;
    image.classList.toggle("is-old", !code);
    if (!code) { bar.value = 0; words.textContent = "Menunggu jaringan untuk kode berikutnya…"; return; }
    if (image.dataset.code !== String(code.number)) {
      image.src = code.picture;
      image.dataset.code = code.number;
    }
    const left = Math.min(step, code.until - now());
    bar.value = left / 1000;
    words.textContent = `Kode berganti dalam ${Math.ceil(left / 1000)} detik`;
  };

  const ask = async () => {
    const last = codes.length ? codes[codes.length - 1].number : 0;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 8000);
    try {
      const answer = await fetch(`${wall.dataset.screen}?punya=${last}`, { headers: { Accept: "application/json" }, signal: stop.signal });
      const told = await answer.json();
      cut.hidden = true;
      if (answer.ok) {
        base = { server: told.now, at: performance.now() };
        codes.push(...told.codes);
        window.RandalQuorum(wall.querySelector("[data-quorum]"), told);
      } else if (answer.status < 500) {
        ended = true; // closed, moved, signed out: no code is true any more
        image.classList.add("is-old");
        over.hidden = false;
        over.querySelector("p").textContent = told.detail;
        words.textContent = "";
        bar.value = 0;
      } else cut.hidden = false;
    } catch { cut.hidden = false; } finally { clearTimeout(timer); }
    if (!ended) setTimeout(ask, EVERY);
  };

  setInterval(tick, 250);
  tick();
  ask();
})();
