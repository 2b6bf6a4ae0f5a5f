// Settings of the deck and of its mathematics; nothing here asks the network for anything.
window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"]] },
  svg: { fontCache: "global" },
  // The widget library asks for the old MathJax; explorables hold no mathematics, so it may ask.
  startup: { ready: () => { MathJax.startup.defaultReady(); MathJax.Hub = { Queue() {} }; } },
  options: { enableMenu: false, skipHtmlTags: ["script", "style", "pre", "code", "textarea"] },
};

// What has the keys while it has the focus.
const KEEPS_ITS_KEYS = ".ketalab-explorable, .ketalab-sortable, [data-lm-suppress-shortcuts], details";
const asked = new URLSearchParams(location.search);

// ?handout: two slides to a page with room to write, ?handout=notes: with the teacher's notes.
const layOutHandout = () => {
  const root = document.documentElement;
  root.classList.add("handout");
  root.classList.toggle("with-notes", asked.get("handout") === "notes");
  const pages = document.querySelector(".slides");
  pages.removeAttribute("class");
  pages.parentNode.removeAttribute("class");
  for (const [index, slide] of [...pages.children].entries()) {
    const sheet = document.createElement("article");
    const beside = document.createElement("div");
    beside.className = "beside-slide";
    const notes = slide.querySelector("aside.notes");
    beside.append(`${index + 1}`, ...(notes ? [notes] : []));
    sheet.append(slide, beside);
    pages.append(sheet);
  }
};

if (asked.has("handout") || asked.has("print-pdf")) document.documentElement.dataset.theme = "light";
if (asked.has("handout")) {
  layOutHandout();
} else {
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.2, maxScale: 3,
    center: false, display: "flex", hash: true, slideNumber: "c/t", transition: "none",
    defaultTiming: 120,  // the notes of every slide say their minutes; this turns the speaker's pacing on
    pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
    // Esc gives the keys back.
    keyboardCondition: () => !document.activeElement?.closest(KEEPS_ITS_KEYS),
  });
  document.addEventListener("keydown", (event) => {
    const inside = document.activeElement?.closest(KEEPS_ITS_KEYS);
    if (event.key !== "Escape" || !inside) return;
    document.activeElement.blur();
    event.stopPropagation();
  }, true);
}
