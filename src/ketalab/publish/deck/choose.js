// ?slides=1,3-5 shows these slides only, in this order, by the numbers that stand on them. They keep their
// numbers, also for G. What cannot be read or is not there is said in one sentence, with the whole deck.
const ketalabChosen = (() => {
  const JUMP = ".jump-to-slide-input";
  const pages = document.querySelector(".slides");
  const all = [...pages.children];
  const asked = new URLSearchParams(location.search).get("slides");
  for (const [index, slide] of all.entries()) slide.dataset.number = index + 1;

  const read = (text) => {
    const numbers = new Set();
    const rest = `so the whole deck is here, slides 1 to ${all.length}.`;
    for (const part of text.split(",")) {
      const found = /^\s*(\d+)\s*(?:[-–]\s*(\d+)\s*)?$/.exec(part);
      if (!found) throw new Error(`slides=${text}: “${part.trim()}” is no slide and no range like 3-5, ${rest}`);
      const first = Number(found[1]), last = Number(found[2] ?? found[1]);
      if (first > last) throw new Error(`slides=${text}: ${part.trim()} runs backwards (${last}-${first}), ${rest}`);
      const unknown = [first, last].find((number) => number < 1 || number > all.length);
      if (unknown !== undefined) throw new Error(`slides=${text}: there is no slide ${unknown}, ${rest}`);
      for (let number = first; number <= last; number++) numbers.add(number);
    }
    return [...numbers];
  };

  if (asked === null) return null;
  try {
    const chosen = read(asked).map((number) => all[number - 1]);
    for (const slide of chosen) slide.id ||= `slide-${slide.dataset.number}`;
    pages.replaceChildren(...chosen);
  } catch (error) {
    const words = document.createElement("p");
    words.className = "refused";
    words.setAttribute("role", "alert");
    words.textContent = error.message;
    document.body.append(words);
    return null;
  }

  // G takes the number on the slide, where reveal.js would count those that are left.
  const jump = (event) => {
    if (!event.target.matches?.(JUMP) || !/^\s*\d+\s*$/.test(event.target.value)) return;
    if (event.type === "keydown" && event.key !== "Enter") return;
    event.stopImmediatePropagation();
    const there = pages.querySelector(`:scope > [data-number="${Number(event.target.value)}"]`);
    if (there) Reveal.slide(Reveal.getIndices(there).h);
    if (event.type === "keydown") event.target.blur();
  };
  addEventListener("input", jump, true);
  addEventListener("keydown", jump, true);
  const number = (slide) => Number((slide ?? Reveal.getCurrentSlide() ?? pages.firstElementChild).dataset.number);
  return { printed: (slide) => [number(slide), "/", all.length] };
})();
