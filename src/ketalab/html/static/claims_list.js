if (!window.ketalabLedger) {
  window.ketalabLedger = true;
  const narrow = (box) => {
    const wanted = [...box.querySelectorAll("select")].filter((menu) => menu.value);
    const words = box.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    const claims = box.querySelectorAll("details");
    for (const claim of claims) {
      const text = claim.textContent.toLowerCase();
      const fits = wanted.every((menu) => claim.dataset[menu.name] === menu.value)
        && words.every((word) => text.includes(word));
      claim.hidden = !fits;
      shown += fits;
      claim.classList.toggle("later", shown > ROOM);
    }
    box.querySelector(".paper").textContent = shown > ROOM ? `${shown - ROOM} MORE` : "";
    box.querySelector("[role=status]").textContent = `${shown} of ${claims.length} claims shown.`;
  };
  const changed = (event) => {
    const box = event.target.closest?.(".ketalab-ledger");
    if (box) narrow(box);
  };
  document.addEventListener("input", changed);
  document.addEventListener("submit", (event) => {
    if (event.target.closest?.(".ketalab-ledger")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-ledger button");
    if (!button) return;
    button.form.reset();
    narrow(button.closest(".ketalab-ledger"));
  });
}
