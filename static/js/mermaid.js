// Draws the lifecycle on /alur-kerja. The table below the drawing says the same in words.
(async () => {
  const place = document.querySelector("[data-mermaid]");
  const source = document.querySelector("[data-mermaid-source]");
  if (!place || !source || !window.mermaid) return;
  window.mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "neutral", fontFamily: "inherit" });
  const { svg } = await window.mermaid.render("alur", source.textContent);
  place.innerHTML = svg;
})();
