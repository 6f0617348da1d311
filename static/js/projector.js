// The room's screen: its clock runs by the server's time, and what is left of the running item is counted here, so that
// nothing need be asked for while nothing but the time changes.
(() => {
  const page = document.querySelector("[data-fresh-page]");
  const root = document.documentElement;
  let ahead = 0; // of the server's clock before this one's
  const take = () => { if (page.dataset.now) ahead = new Date(page.dataset.now) - Date.now(); };
  take();
  page.addEventListener("randal:fresh", take);

  const put = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };
  const clock = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: page.dataset.zone });
  const tick = () => {
    const now = new Date(Date.now() + ahead);
    put(page.querySelector("[data-clock]"), clock.format(now).replace(":", "."));
    const left = page.querySelector("[data-until]");
    if (left) {
      const seconds = (new Date(left.dataset.until) - now) / 1000;
      const minutes = Math.floor(Math.abs(seconds) / 60);
      put(left, seconds < 0 ? (minutes ? `Lewat ${minutes} menit` : "Waktunya habis") : minutes ? `Sisa ${minutes} menit` : "Sisa kurang dari 1 menit");
      left.classList.toggle("is-over", seconds < 0);
      const bar = page.querySelector("[data-bar]");
      bar.value = Math.max(0, (now - new Date(bar.dataset.bar)) / 1000);
      bar.classList.toggle("is-over", seconds < 0);
    }
    put(page.querySelector("[data-line-state]"), page.dataset.ended ? "Sesi berakhir. Silakan masuk lagi." : root.dataset.line === "down" ? "Menunggu sambungan…" : "");
  };
  setInterval(tick, 1000);
  tick();

  const look = (which) => {
    root.dataset.look = which;
    page.querySelector("[data-look-switch]").textContent = which === "dark" ? "Terang" : "Gelap";
    try { localStorage.setItem("randal:layar", which); } catch { /* only for now */ }
  };
  let kept = "dark";
  try { kept = localStorage.getItem("randal:layar") || "dark"; } catch { /* as it is */ }
  look(kept);
  page.querySelector("[data-look-switch]").addEventListener("click", () => look(root.dataset.look === "dark" ? "light" : "dark"));
  page.querySelector("[data-full]").addEventListener("click", () => { if (document.fullscreenElement) document.exitFullscreen(); else root.requestFullscreen?.(); });
  // The screen of the room does not go to sleep.
  const awake = async () => { try { await navigator.wakeLock?.request("screen"); } catch { /* not allowed here */ } };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) awake(); });
  awake();
})();
