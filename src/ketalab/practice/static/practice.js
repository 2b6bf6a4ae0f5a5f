// What a reader chose stays chosen: after the cell runs again, after a reload, without kernel or network.
if (!window.ketalabAsk) {
  //= require marks.js
  const say = (box, words) => { box.querySelector("[role=status]").textContent = words; };
  const options = (box) => [...box.querySelectorAll("[data-option]")];

  // JupyterLab's notebook takes the focus at every key that reaches it, also from a radio button.
  const keepKeys = (event) => { if (event.key !== "Escape") event.stopPropagation(); };

  // Show the state that a mark describes.
  const show = (box) => {
    if (!box.classList.contains("scripted") && !box.closest(".reveal")) box.addEventListener("keydown", keepKeys);
    box.classList.add("scripted");
    const mark = read(box);
    if (box.dataset.kind === "argument") {
      const ticked = new Set(mark ?? []);
      const boxes = [...box.querySelectorAll("input[type=checkbox]")];
      for (const tick of boxes) tick.checked = ticked.has(tick.value);
      const count = boxes.filter((tick) => tick.checked).length;
      say(box, `You ticked ${count} of ${boxes.length}.`);
      return;
    }
    if (!options(box).some((option) => option.dataset.option === mark)) return;
    box.classList.add("told");
    for (const option of options(box)) option.classList.toggle("chosen", option.dataset.option === mark);
    if (box.dataset.kind !== "prediction") return;
    for (const input of box.querySelectorAll("input")) {
      input.disabled = true;
      input.checked = input.closest("[data-option]").dataset.option === mark;
    }
    box.querySelector("button").disabled = true;
    say(box, "Committed. Now look, then open “What happened”.");
  };
  const choose = (box, option) => {
    if (box.classList.contains("told")) return;
    write(box, option);
    show(box);
  };

  document.addEventListener("toggle", (event) => {
    const option = event.target;
    const box = option.matches?.("details.option") && option.open && option.closest(".ketalab-ask");
    if (box) choose(box, option.dataset.option);
  }, true);
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.(".ketalab-ask");
    if (!box) return;
    if (box.dataset.kind === "argument") {
      write(box, [...box.querySelectorAll("input:checked")].map((tick) => tick.value));
      show(box);
    } else if (box.dataset.kind === "prediction") {
      box.querySelector("button").disabled = false;
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-ask button");
    const chosen = button && button.closest(".ketalab-ask").querySelector("input:checked");
    if (chosen) choose(button.closest(".ketalab-ask"), chosen.closest("[data-option]").dataset.option);
  });
  // A cell that runs again, or that JupyterLab draws again, brings a new element.
  // While a page still arrives, a box can be there in part: it waits for the rest.
  const greet = () => {
    if (document.readyState === "loading") return;
    document.querySelectorAll(".ketalab-ask:not(.scripted)").forEach(show);
  };
  document.addEventListener("DOMContentLoaded", greet);
  new MutationObserver(greet).observe(document.documentElement, { childList: true, subtree: true });
  window.ketalabAsk = greet;
}
window.ketalabAsk();
