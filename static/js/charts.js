// Charts come drawn. Whoever points at one, touches it or brings the focus there gets it alive: Vega is fetched once, for
// the first. Expressions are interpreted, never evaluated: the CSP forbids eval. What a link is called is also shown.
(() => {
  "use strict";
  const source = document.currentScript.dataset.vegaJs;
  const LOCALE = { decimal: ",", thousands: ".", grouping: [3], currency: ["Rp", ""], minus: "\u2212" };
  let fetched = null;
  let tip = null;

  const vegaReady = () =>
    (fetched ||= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => { vega.formatLocale(LOCALE); done(); };
      script.onerror = () => { fetched = null; failed(new Error("vega")); };
      document.head.append(script);
    }));

  function say(text, x, y) {
    if (!text) { if (tip) tip.hidden = true; return; }
    if (!tip) {
      tip = document.createElement("div");
      tip.className = "chart-tip";
      tip.setAttribute("aria-hidden", "true");
      document.body.append(tip);
    }
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - box.width - 4)) + "px";
    tip.style.top = (y + box.height + 20 > innerHeight ? y - box.height - 10 : y + 16) + "px";
  }

  const words = (value) =>
    value && typeof value === "object"
      ? Object.entries(value).map(([name, one]) => `${name}: ${one}`).join("\n")
      : String(value);

  async function liven(figure) {
    const spec = figure.dataset.chart;
    if (!spec) return;
    delete figure.dataset.chart;
    const drawn = figure.querySelector(".chart-drawn:not(.is-narrow)");
    if (!drawn || getComputedStyle(drawn).display === "none") return;
    const still = drawn.querySelector("svg");
    const place = document.createElement("div");
    try {
      await vegaReady();
      const view = new vega.View(vega.parse(JSON.parse(spec), null, { ast: true }), {
        expr: expressionInterpreter, renderer: "svg", container: place, hover: true,
        tooltip: (_, event, __, value) => say(value == null || value === "" ? "" : words(value), event.clientX, event.clientY),
      });
      await view.runAsync();
    } catch (error) {
      console.warn("bagan tetap seperti tergambar:", error); // the drawn one stays
      return;
    }
    const alive = place.querySelector("svg");
    for (const name of ["role", "aria-label"]) alive.setAttribute(name, still.getAttribute(name));
    alive.setAttribute("focusable", "false");
    still.replaceWith(place);
    figure.dataset.alive = "1";
  }

  const near = (event) => event.target.closest?.("[data-chart]");
  for (const kind of ["pointerover", "focusin", "touchstart"])
    document.addEventListener(kind, (event) => { const figure = near(event); if (figure) liven(figure); }, { passive: true });

  const link = (event) => event.target.closest?.(".chart-drawn a");
  const called = (a) => a.getAttribute("aria-label") || a.querySelector("[aria-label]")?.getAttribute("aria-label") || "";
  document.addEventListener("pointermove", (event) => {
    const a = link(event);
    if (a) say(called(a), event.clientX, event.clientY);
    else if (!event.target.closest?.("[data-alive]")) say("");
  }, { passive: true });
  document.addEventListener("focusin", (event) => {
    const a = link(event);
    if (!a) return say("");
    const box = a.getBoundingClientRect();
    say(called(a), box.left, box.bottom - 12);
  });
})();
