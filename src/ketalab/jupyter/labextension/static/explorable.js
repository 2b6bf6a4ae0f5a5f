// Accessibility of explorables, the same in JupyterLab and in the kernel-free decks:
// a name for every slider handle, keys that stay in it, a read-out that is announced, and the numbers
// behind the picture as tables.
(() => {
  const SPEAK_AFTER_MS = 400;

  const nameHandles = (box) => {
    for (const handle of box.querySelectorAll(".noUi-handle")) {
      const slider = handle.closest(".widget-slider");
      const says = (attribute, part) => {
        const text = slider?.querySelector(part)?.textContent;
        if (text && handle.getAttribute(attribute) !== text) handle.setAttribute(attribute, text);
      };
      says("aria-label", ".widget-label");
      says("aria-valuetext", ".widget-readout");
    }
  };

  const element = (name, content, attributes = {}) => {
    const made = document.createElement(name);
    made.append(...[content].flat());
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // In a notebook a key would also be a command, and the notebook takes the focus at every key that reaches it.
  const HELD = ".ketalab-explorable, .ketalab-still, .ketalab-ask, .ketalab-ledger, .ketalab-grading, .ketalab-living, " +
    ".ketalab-sortable, .jp-RenderedMarkdown details";
  // JupyterLab strips what a cell that this reader has not run would do, and its marks: no control is shown dead.
  const ANSWERS = ".ketalab-ask, .ketalab-ledger, .ketalab-grading, .ketalab-sortable";
  const still = (box) => {
    for (const head of box.querySelectorAll("th button")) head.replaceWith(...head.childNodes);
    for (const part of box.querySelectorAll(".ketalab-ledger label, input, button, .mine, .key, .paper")) part.remove();
    for (const option of box.querySelectorAll("label")) option.style.display = "block";
    box.prepend(element("p", element("b", "Run this cell, then you can answer, choose and sort here."), { class: "ketalab-how" }));
  };
  const held = new WeakSet();
  const holdKeys = (box) => {
    if (held.has(box) || box.closest(".reveal")) return;
    if (!box.closest(".jp-Notebook") && !box.matches(".ketalab-explorable")) return;
    held.add(box);
    if (box.matches(ANSWERS) && !box.dataset.lmSuppressShortcuts) still(box);
    box.dataset.lmSuppressShortcuts = "true";
    // Notebook 7 hears keys before the box does, and looks for the mark on the focused element itself first.
    const mark = (target) => { target.dataset.lmSuppressShortcuts = "true"; };
    if (box.contains(document.activeElement)) mark(document.activeElement);
    box.addEventListener("focusin", (event) => mark(event.target));
    box.addEventListener("keydown", (event) => { if (event.key !== "Escape") event.stopPropagation(); });
  };

  const voiceOf = (box) => {
    let voice = box.querySelector(":scope > .ketalab-voice");
    if (!voice) {
      voice = document.createElement("div");
      voice.className = "ketalab-voice";
      voice.setAttribute("role", "status");
      voice.setAttribute("aria-live", "polite");
      voice.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
      box.append(voice);
    }
    return voice;
  };

  // Wait for the hand to rest: a screen reader should hear the result, not every step on the way.
  const speak = (box) => {
    const sentence = box.querySelector(".ketalab-sentence")?.textContent ?? "";
    if (sentence === box.ketalabSaid) return;
    const first = box.ketalabSaid === undefined;
    box.ketalabSaid = sentence;
    const voice = voiceOf(box);
    clearTimeout(box.ketalabTimer);
    if (!first) box.ketalabTimer = setTimeout(() => { voice.textContent = sentence; }, SPEAK_AFTER_MS);
  };

  // A table of texts: the first row names the columns, the first cell of a row the row.
  const tableOf = (caption, [heads, ...rows]) => element("table", [
    element("caption", caption),
    element("thead", element("tr", heads.map((text) => (
      text ? element("th", text, { scope: "col" }) : element("td", ""))))),
    element("tbody", rows.map(([first, ...others]) => element("tr", [
      first ? element("th", first, { scope: "row" }) : element("td", ""),
      ...others.map((text) => element("td", text)),
    ]))),
  ]);

  const readings = (readout) => [
    ["read-out", "value"],
    ...[...readout.querySelectorAll("dl > div")].map((one) => [...one.children].map((part) => part.textContent)),
  ];

  // The tables are made when a reader opens them, and again when the picture moves while they are open.
  const tabulate = (box) => {
    let fold = box.querySelector(":scope > .ketalab-numbers");
    if (!fold) {
      fold = element("details", [
        element("summary", "The numbers as tables"),
        element("div", "", { tabindex: 0, role: "region", "aria-label": "The numbers behind the picture" }),
      ], { class: "ketalab-numbers" });
      fold.addEventListener("toggle", () => tabulate(box));
      box.append(fold);
    }
    const readout = box.querySelector(".ketalab-readout");
    if (!fold.open || !readout || fold.ketalabShown === readout.outerHTML) return;
    fold.ketalabShown = readout.outerHTML;
    const behind = readout.dataset.numbers.split("\n\n").filter(Boolean).map((one) => {
      const [caption, ...lines] = one.split("\n");
      return tableOf(caption || "the picture", lines.map((line) => line.split("\t")));
    });
    fold.lastChild.replaceChildren(tableOf("Read-out", readings(readout)), ...behind);
  };

  const attend = (box) => {
    nameHandles(box);
    speak(box);
    tabulate(box);
  };

  // A move changes one explorable; only what is new on the page has the whole page looked through.
  const touched = new Set();
  let everything = true, waiting = false;
  const look = () => {
    waiting = false;
    if (everything) {
      document.querySelectorAll(HELD).forEach(holdKeys);
      document.querySelectorAll(".ketalab-explorable").forEach((box) => touched.add(box));
    }
    everything = false;
    touched.forEach(attend);
    touched.clear();
  };
  const soon = (records) => {
    for (const { target, addedNodes } of records) {
      const box = target.closest?.(".ketalab-explorable");
      if (box) touched.add(box);
      if ([...addedNodes].some((node) => node instanceof Element)) everything = true;
    }
    if (waiting || !(everything || touched.size)) return;
    waiting = true;
    requestAnimationFrame(look);
  };
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuetext", "data-alt", "data-numbers"],
  });
  soon([]);
})();
