// A photo of a telephone weighs megabytes: it is made smaller here, before it crosses a bad line. What cannot be read
// here goes as it is; the server makes its own picture of it anyway.
(() => {
  const form = document.querySelector("form[data-shrink]");
  if (!form || !window.createImageBitmap || !window.DataTransfer) return;
  const input = form.querySelector("input[type=file]"), button = form.querySelector("button"), said = form.querySelector("[data-shrunk]");
  const LONGEST = 2000, SMALL_ENOUGH = 700000;
  const smaller = async (file) => {
    if (file.size < SMALL_ENOUGH) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const brush = canvas.getContext("2d");
      brush.fillStyle = "#fff";
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
      return made && made.size < file.size ? new File([made], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; }
  };
  const weight = (files) => (files.reduce((sum, file) => sum + file.size, 0) / 1e6).toLocaleString("id-ID", { maximumFractionDigits: 1 });
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    if (!chosen.some((file) => file.size >= SMALL_ENOUGH)) { said.textContent = ""; return; }
    button.disabled = true;
    said.textContent = "Mengecilkan foto…";
    const box = new DataTransfer(), made = [];
    for (const file of chosen) made.push(await smaller(file));
    made.forEach((file) => box.items.add(file));
    input.files = box.files;
    said.textContent = `${chosen.length} foto, ${weight(chosen)} MB menjadi ${weight(made)} MB.`;
    button.disabled = false;
  });
})();
