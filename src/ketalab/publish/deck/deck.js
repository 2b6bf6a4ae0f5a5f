// Settings of the deck and of its mathematics; nothing here asks the network for anything.
window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"]] },
  svg: { fontCache: "global" },
  options: { enableMenu: false, skipHtmlTags: ["script", "style", "pre", "code", "textarea"] },
};

// What is moved or chosen by hand. Keys belong to it only when a hand came to it by Tab.
const MOVED_BY_HAND = ".ketalab-view, .ketalab-ask, .ketalab-ledger, .ketalab-grading, .ketalab-sortable, " +
  ".ketalab-living, .ketalab-vote, .ketalab-count, [data-lm-suppress-shortcuts], details, table, input, select, textarea";
const TYPED_INTO = "textarea, [contenteditable], input:is(:not([type]), [type=text], [type=search], [type=number])";
const PRESSED = "button, summary, a";  // these need Enter and Space only
const A_MOMENT = 250;  // ms that the first slide has for itself
const SCROLLED = 435; // px: up to this width reveal.js shows all slides below each other
const MOST_LINES = 12; // of a menu that is open
const SMALLEST = 3; // step of a slide's text, see deck.css
const STEPS = [44, 40, 36, 32, 28];  // px of a slide that holds text alone: the largest at which it fits
const AIR = 20;  // px that stay free below it
const NOT_TEXT = ".figure, .code, pre, table:not(.text > table), .ketalab-view, .ketalab-ledger, .ketalab-grading, .ketalab-sortable, " +
  ".ketalab-living";
const asked = new URLSearchParams(location.search);

// ?handout: two slides to a page with room to write, ?handout=notes: with the teacher's notes.
const layOutHandout = () => {
  const root = document.documentElement;
  root.classList.add("handout");
  root.classList.toggle("with-notes", asked.get("handout") === "notes");
  const pages = document.querySelector(".slides");
  pages.removeAttribute("class");
  pages.parentNode.removeAttribute("class");
  for (const slide of [...pages.children]) {
    const sheet = document.createElement("article");
    const beside = document.createElement("div");
    beside.className = "beside-slide";
    const notes = slide.querySelector("aside.notes");
    beside.append(slide.dataset.number, ...(notes ? [notes] : []));
    sheet.append(slide, beside);
    pages.append(sheet);
  }
};

// A slide of text alone grows until it is full, also with any one of its answers open: once, so that neither a
// step nor an answer changes it. Its own 720 px decide, not the window.
const TEXT = ".quiz, .predict, .words, .plain";
const grown = new WeakMap();  // the size of a slide in px, 0 where it has its own
const setIn = (slide, size) => {
  if (size) slide.dataset.size = size;
  else slide.removeAttribute("data-size");
  slide.style.fontSize = size ? `${size}px` : "";
};
const spare = (slide) => {
  const frame = slide.getBoundingClientRect(), scale = frame.height / slide.offsetHeight;
  const below = [...slide.children].map((part) => part.getBoundingClientRect().bottom);
  const floor = slide.offsetHeight - parseFloat(getComputedStyle(slide).paddingBottom);
  return floor - (Math.max(...below) - frame.top) / scale;
};
const grow = (slide) => {
  grown.set(slide, 0);
  if (!slide.matches(TEXT) || slide.querySelector(NOT_TEXT)) return;
  setIn(slide, 0);
  const own = parseFloat(getComputedStyle(slide).fontSize);
  const folds = [...slide.querySelectorAll("details")], opened = folds.filter((fold) => fold.open);
  const holds = () => [null, ...folds].every((one) => {
    for (const fold of folds) fold.open = fold === one;
    return spare(slide) >= AIR;
  });
  const size = STEPS.filter((step) => step >= own).find((step) => {
    setIn(slide, step);
    return holds();
  });
  for (const fold of folds) fold.open = opened.includes(fold);
  grown.set(slide, size ?? 0);
  setIn(slide, size ?? 0);
};
// Moving pictures and formulas come when the first slide stands: reading their scripts takes longer than all the
// rest, and nothing answers meanwhile. Paper waits for them.
const onPaper = asked.has("handout") || asked.has("print-pdf");
const bring = (name) => new Promise((done) => {
  const script = document.createElement("script");
  Object.assign(script, { src: `assets/${name}.js`, async: false, onload: done, onerror: done });
  document.body.append(script);
});
const stands = onPaper ? Promise.resolve() : new Promise((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 500);  // no frame is drawn in a tab behind others
});
const atStart = !onPaper && ["", "#", "#/", "#/1"].includes(location.hash);
const brought = stands.then(() => new Promise((done) => setTimeout(done, atStart ? A_MOMENT : 0)))
  .then(() => Promise.all(["stage", "mathjax"].map(bring)));
// The letters and the formulas are here.
const settled = Promise.all([
  document.fonts.ready,
  new Promise((done) => addEventListener("load", done)),
  brought.then(() => MathJax.startup?.promise),
]);
const growAll = () => document.querySelectorAll("main section").forEach(grow);

if (onPaper) document.documentElement.dataset.theme = "light";
if (asked.has("handout")) {
  layOutHandout();
  settled.then(growAll);
} else {
  if (!onPaper) {
    ketalabVote.equip(document.querySelectorAll(".slides > section"));
    // The first slide is laid out alone (deck.css), but for a phone, where all stand below each other.
    document.documentElement.classList.toggle("opening", innerWidth > SCROLLED && !asked.has("view"));
    stands.then(() => document.documentElement.classList.remove("opening"));
  }
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.2, maxScale: 3,
    center: false, display: "flex", hash: true, slideNumber: ketalabChosen?.printed ?? "c/t", transition: "none",
    defaultTiming: 120,  // the notes of every slide say their minutes; this turns the speaker's pacing on
    pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
    hashOneBasedIndex: !asked.has("receiver"),  // the speaker's window counts from nought when it asks for a copy
    keyboardCondition: (event) => !keeps(event),
  });
  // A slide of text on which too much is open sets its text a step smaller (deck.css), until it holds or is at
  // its smallest; when less is open, it is as large as before.
  const fit = () => {
    const slide = Reveal.getCurrentSlide();
    if (!slide?.matches(TEXT)) return;
    const size = grown.get(slide) ?? 0;
    slide.removeAttribute("data-fit");
    for (const step of [...STEPS.filter((step) => step <= size), 0]) {
      setIn(slide, step);
      if (spare(slide) >= -1) return;
    }
    for (let step = 1; step <= SMALLEST && spare(slide) < -1; step++) slide.dataset.fit = step;
  };
  // A browser that sets no text below 24 px lets the controls of an explorable reach its numbers: then either
  // scrolls in a room of its own. The numbers keep two fifths of the height, or what the controls leave.
  const share = (slide) => {
    for (const box of slide?.querySelectorAll(".ketalab-explorable") ?? []) {
      const panel = box.querySelector(".ketalab-panel"), numbers = box.querySelector(".ketalab-readout dl");
      const bottom = (part) => part.offsetTop + part.offsetHeight;
      box.classList.remove("ketalab-crowded");
      const controls = Math.max(...[...panel.children].map(bottom)), end = bottom(numbers);
      box.classList.toggle("ketalab-crowded", controls > numbers.offsetTop);
      if (controls <= numbers.offsetTop) continue;
      const room = Math.max(end - controls, 0.4 * (end - panel.offsetTop));
      box.style.setProperty("--numbers", `${Math.floor(room)}px`);
      box.style.setProperty("--controls", `${Math.floor(end - panel.offsetTop - room - 4)}px`);
      numbers.tabIndex = 0;
    }
  };
  // There a sentence may also run off its slide: then the picture above it is smaller.
  const raise = (slide) => {
    for (const box of slide?.querySelectorAll(".ketalab-explorable") ?? []) {
      const [picture, stage, said] = ["picture", "stage", "sentence"].map((part) => box.querySelector(`.ketalab-${part}`));
      picture.style.flexBasis = picture.style.marginRight = "";
      const frame = slide.getBoundingClientRect(), scale = frame.height / slide.offsetHeight;
      const over = (said.getBoundingClientRect().bottom - frame.bottom) / scale;
      if (over < -4 || innerWidth <= SCROLLED) continue;
      const low = over + parseFloat(getComputedStyle(slide).paddingBottom);
      const less = Math.ceil(low * stage.offsetWidth / stage.offsetHeight);
      picture.style.flexBasis = `${picture.offsetWidth - less}px`;
      picture.style.marginRight = `${less}px`;
    }
  };
  let canGrow = false;  // every slide finds its size when it is first shown
  const lay = () => {
    const slide = Reveal.getCurrentSlide();
    if (canGrow && slide && !grown.has(slide)) grow(slide);
    fit();
    raise(slide);
    share(slide);
  };
  Reveal.on("ready", lay);
  Reveal.on("slidechanged", lay);
  Reveal.on("pdf-ready", () => settled.then(growAll));
  document.addEventListener("toggle", fit, true);
  settled.then(() => {
    canGrow = true;
    lay();
  });
  for (const part of document.querySelectorAll(MOVED_BY_HAND)) part.setAttribute("data-prevent-swipe", "");

  // How the focus came where it is; the menu a pointer has opened, by the click that is still under way; whether
  // a finger did, or a key moves in it.
  let byTab = false, open = null, fresh = false, touched = false, keyed = false;
  // A focus that no pointer brings, by Tab or by a screen reader, gives the keys to the control.
  let pressed = false, away = false;
  addEventListener("click", () => setTimeout(() => { pressed = false; }), true);
  addEventListener("pointerup", () => setTimeout(() => { pressed = false; }, 300), true);
  addEventListener("blur", (event) => { away ||= event.target === window; }, true);
  addEventListener("focusin", () => {
    if (!pressed && !away) byTab = true;
    away = false;
  }, true);
  const keeps = (event) => {
    const holder = document.activeElement?.closest(MOVED_BY_HAND) && document.activeElement;
    if (!holder || holder.matches(".ketalab-vote")) return false;  // its letters are heard before (vote.js)
    if (holder.matches(TYPED_INTO) || holder === open) return true;
    if (holder.matches(PRESSED) && event.key === "Enter") return true;
    if (!byTab) return false;
    return holder.matches(PRESSED) ? ["Enter", " "].includes(event.key) : true;
  };
  // A menu that the mouse opens is a list on the slide: the browser's own would keep a clicker's keys to itself.
  const unfold = (menu) => {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, parentElement: holder } = menu;
    holder.style.minHeight = `${holder.offsetHeight}px`;
    menu.size = Math.min(Math.max(menu.options.length, 2), MOST_LINES);
    menu.classList.add("unfolded");
    Object.assign(menu.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
    const box = menu.getBoundingClientRect(), scale = box.width / menu.offsetWidth;
    menu.style.top = `${top - Math.max(0, box.bottom - innerHeight + 4) / scale}px`;
    open = menu;
    fresh = true;
    menu.focus();
  };
  const fold = () => {
    const menu = open;
    open = null;
    menu.removeAttribute("size");
    menu.classList.remove("unfolded");
    Object.assign(menu.style, { left: "", top: "", width: "" });
    menu.parentElement.style.minHeight = "";
    if (!byTab) menu.blur();
  };
  addEventListener("pointerdown", (event) => {
    byTab = false;
    pressed = true;
    touched = event.pointerType === "touch";
    const menu = event.target.closest?.("select") ?? null;
    if (touched) open = menu === open ? null : menu;
  }, true);
  addEventListener("mousedown", (event) => {
    const menu = event.target.closest?.("select");
    keyed = false;
    if (!menu || touched || menu === open || event.button !== 0) return;
    event.preventDefault();
    unfold(menu);
  }, true);
  addEventListener("click", (event) => {
    if (!open || touched || event.target.closest?.("select") !== open) return;
    if (!fresh && !keyed) fold();
  }, true);
  addEventListener("mouseup", () => setTimeout(() => { fresh = false; }), true);
  addEventListener("change", (event) => {
    if (event.target === open && !keyed) fold();
  }, true);
  addEventListener("focusout", (event) => { if (event.target === open) fold(); }, true);
  // Before any control hears a key: a clicker's keys turn the slide, Esc gives the keys back to the deck,
  // and what a pointer has left in focus lets them go.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab") byTab = true;
    keyed = true;
    const holder = document.activeElement?.closest(MOVED_BY_HAND) && document.activeElement;
    if (open && holder === open && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      fold();
      return;
    }
    const turns = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev() }[event.key];
    if (turns) {
      holder?.blur();
      if (Reveal.isOverview?.() || Reveal.isPaused()) return;
      turns();
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (holder && event.key === "Escape") {
      holder.blur();
      event.stopImmediatePropagation();
    } else if (holder && !byTab && event.key !== "Shift" && !keeps(event)) holder.blur();
  }, true);
  Reveal.on("slidechanged", () => {
    document.querySelector(".refused")?.remove();
    if (document.activeElement?.closest(".ketalab-vote, .ketalab-count")) document.activeElement.blur();
  });
  ketalabRoom.listen();
  Reveal.addKeyBinding(
    { keyCode: 67, key: "C", description: "Curtain over the slide, up or down; a hand pulls its edge" },
    ketalabCurtain.turn,
  );
  Reveal.addKeyBinding(
    { keyCode: 84, key: "T", description: "Tally: count hands on a question; then A, B, C, with Shift to take one back" },
    () => ketalabVote.turn(Reveal.getCurrentSlide()),
  );
  for (const [key, description] of [
    ["PAGE DOWN, PAGE UP", "Next and previous slide: a clicker's keys, after every click"],
    ["TAB", "Into an explorable: arrows then move its sliders"], ["D", "Dark or light"],
    ["B", "Black screen"],
    ["ESC", "Out of an explorable; all slides at a glance"],
  ]) Reveal.registerKeyboardShortcut(key, description);
}
