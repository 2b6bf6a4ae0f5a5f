if (!window.ketalabGrading) {
  //= require marks.js
  const graded = (box) => Object.fromEntries(parts(box).claims.map((claim) =>
    [claim.dataset.claim, [picked(claim, "verdict"), picked(claim, "certainty")]]));
  const keep = (box) => write(box, { at: Number(box.dataset.at), grades: graded(box) });
  const recall = (box) => {
    box.classList.add("scripted");
    const mark = read(box);
    if (!mark) return;
    for (const input of box.querySelectorAll("input")) {
      const [verdict, certainty] = mark.grades[input.closest("fieldset").dataset.claim] ?? [];
      input.checked = input.value === (input.dataset.what === "verdict" ? verdict : certainty);
    }
    box.dataset.at = mark.at;
    draw(box);
  };
  const parts = (box) => ({
    claims: [...box.querySelectorAll("fieldset[data-claim]")], result: box.querySelector(".result"),
    status: box.querySelector("[role=status]"), all: JSON.parse(box.dataset.ledger),
  });
  const picked = (claim, what) => claim.querySelector(`input[data-what=${what}]:checked`)?.value;
  const draw = (box) => {
    const { claims, result, status } = parts(box), at = Number(box.dataset.at ?? 0);
    const comparing = at >= claims.length;
    claims.forEach((claim, i) => { claim.hidden = i !== at; });
    result.hidden = !comparing;
    box.querySelector("[data-go=back]").disabled = at === 0;
    box.querySelector("[data-go=next]").disabled = comparing;
    const graded = claims.filter((claim) => picked(claim, "verdict")).length;
    status.textContent = comparing ? "" : `Claim ${at + 1} of ${claims.length}; ${graded} graded.`;
    if (comparing) compare(box);
  };
  // From the comparison back to what was passed over, or else to the last claim.
  const ahead = ({ claims }) => {
    const open = claims.findIndex((claim) => !picked(claim, "verdict"));
    return open < 0 ? claims.length - 1 : open;
  };
  // The link of the folded list, as it leads from here: to the notebook, the deck or the page.
  const lessonOf = (box, claim) =>
    box.querySelector(`[data-answer=${claim.dataset.claim}] a`).outerHTML;
  const says = (claim) => claim.querySelector("legend").innerHTML.replace(/^\S+ /, "");
  const words = (verdict, certainty) => verdict + (certainty ? `, ${certainty}` : "");
  const compare = (box) => {
    const { claims, result, all } = parts(box), names = all.verdicts, levels = all.levels;
    const counts = names.map(() => names.map(() => 0)), differ = [];
    let graded = 0, agreed = 0, rated = 0, level = 0, bolder = 0;
    for (const claim of claims) {
      const mine = picked(claim, "verdict"), its = all.claims[claim.dataset.claim];
      if (!mine) continue;
      graded += 1;
      counts[names.indexOf(mine)][names.indexOf(its.verdict)] += 1;
      const sure = picked(claim, "certainty");
      if (mine === its.verdict) agreed += 1;
      else differ.push(`<li><b>${claim.dataset.claim}</b> <i>${says(claim)}</i>
        <span>You: ${words(mine, sure)}; ledger: ${words(its.verdict, its.certainty)}.
        ${lessonOf(box, claim)}</span></li>`);
      if (!sure) continue;
      rated += 1;
      level += sure === its.certainty;
      bolder += levels.indexOf(sure) > levels.indexOf(its.certainty);
    }
    if (!graded) { result.innerHTML = `<p>${all.nothing}</p>`; return; }
    const add = (a, b) => a + b;
    const rows = counts.map((row) => row.reduce(add, 0));
    const columns = names.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
    const chance = rows.reduce((sum, n, i) => sum + n * columns[i], 0) / graded ** 2;
    const beyond = ((agreed / graded - chance) / (1 - chance)).toFixed(2).replace("-", "\u2212");
    const kappa = chance > 1 - 1e-12 ? "" : ` Cohen's kappa: ${beyond}.`;
    const cell = (n, same) => n ? `<td class="${same ? "same" : "other"}">${n}</td>` : "<td>·</td>";
    const head = all.signs.map((sign) => `<th scope="col">${sign}</th>`).join("");
    const line = (row, i) => row.map((n, j) => cell(n, i === j)).join("");
    const body = counts.map((row, i) =>
      `<tr><th scope="row">${all.signs[i]} ${names[i]}</th>${line(row, i)}</tr>`).join("");
    const sure = rated ? ` Certainty: the same for ${level} of ${rated}, higher for ${bolder}.` : "";
    const list = differ.length ? `<p>Where your verdict differs:</p><ul>${differ.join("")}</ul>`
      : "<p>Your verdicts are the ledger's.</p>";
    const sum = `<b>You agree with the ledger on ${agreed} of ${graded}.</b>${kappa}${sure}`;
    result.innerHTML = `<p class="sum">${sum}</p>
      <table><caption>rows: you; columns: ledger</caption><tr><td></td>${head}</tr>${body}</table>
      <div>${list}</div>`;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-grading button[data-go]");
    if (!button) return;
    const box = button.closest(".ketalab-grading"), last = parts(box).claims.length;
    const at = Number(box.dataset.at ?? 0), go = button.dataset.go;
    const near = go === "next" ? at + 1 : at >= last ? ahead(parts(box)) : at - 1;
    box.dataset.at = go === "compare" ? last : Math.max(0, Math.min(last, near));
    draw(box);
    keep(box);
    (button.disabled ? box.querySelector("[data-go=back]") : button).focus();
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.(".ketalab-grading");
    if (!box) return;
    draw(box);
    keep(box);
  });
  // A cell that runs again, or that JupyterLab draws again, brings a new element.
  // While a page still arrives, a box can be there in part: it waits for the rest.
  const greet = () => {
    if (document.readyState === "loading") return;
    document.querySelectorAll(".ketalab-grading:not(.scripted)").forEach(recall);
  };
  document.addEventListener("DOMContentLoaded", greet);
  new MutationObserver(greet).observe(document.documentElement, { childList: true, subtree: true });
  window.ketalabGrading = greet;
}
window.ketalabGrading();
