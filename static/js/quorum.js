// Write the counts of templates/components/quorum.html anew: {present, invited, guests, needed, reached}.
window.RandalQuorum = (line, told) => {
  if (!line) return;
  ["present", "invited", "guests"].forEach((name) => { line.querySelector(`[data-count=${name}]`).textContent = told[name]; });
  line.querySelector("[data-guests]").hidden = !told.guests;
  const mark = line.querySelector("[data-reached]");
  if (!mark || told.needed === null) return;
  mark.dataset.reached = told.reached ? "ya" : "belum";
  mark.classList.toggle("tone-success", told.reached);
  mark.classList.toggle("tone-warning", !told.reached);
  mark.querySelector("[data-quorum-words]").textContent = told.reached
    ? `Kuorum tercapai (${told.needed})` : `Kuorum ${told.needed}: kurang ${told.needed - told.present}`;
};
