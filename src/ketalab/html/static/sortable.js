if (!window.ketalabSortable) {
  window.ketalabSortable = true;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-sortable th button");
    if (!button) return;
    const head = button.closest("th"), table = head.closest("table"), body = table.tBodies[0];
    const column = [...head.parentNode.children].indexOf(head);
    const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const rank = (row) => Number(row.children[column].dataset.rank);
    const sign = way === "ascending" ? 1 : -1;
    [...body.rows].sort((a, b) => sign * (rank(a) - rank(b))).forEach((row) => body.append(row));
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way);
    table.closest(".ketalab-sortable").querySelector("[role=status]").textContent =
      `Sorted by ${button.textContent}, ${way}.`;
  });
}
