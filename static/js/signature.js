// The door: a drawn signature becomes a small PNG in a hidden field; a guest is also asked for the institution.
(() => {
  const form = document.querySelector("form[data-door]");
  if (!form) return;
  const canvas = document.getElementById("pad");
  const hidden = document.getElementById("signature");
  canvas.closest("[hidden]")?.removeAttribute("hidden");
  const pad = new window.SignaturePad(canvas, { penColor: "#14262b", minWidth: 0.8, maxWidth: 2.2 });
  const fit = () => {
    const kept = pad.toData();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(kept);
  };
  fit();
  addEventListener("resize", fit);
  document.getElementById("pad-clear").addEventListener("click", () => { pad.clear(); hidden.value = ""; });
  // No larger than it is printed: a bad line carries it, and the server need not make it smaller.
  const picture = () => {
    const small = document.createElement("canvas");
    small.width = Math.min(600, canvas.width);
    small.height = Math.round(canvas.height * small.width / canvas.width);
    small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
    return small.toDataURL("image/png");
  };
  form.addEventListener("submit", () => { hidden.value = pad.isEmpty() ? "" : picture(); }, true);

  const who = document.getElementById("who");
  const guest = form.querySelector("[data-guest]");
  const show = () => { guest.hidden = who.value !== "tamu"; };
  who.addEventListener("change", show);
  show();
})();
