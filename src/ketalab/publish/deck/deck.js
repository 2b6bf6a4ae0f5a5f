// Settings of the deck and of its mathematics; nothing here asks the network for anything.
window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"]] },
  svg: { fontCache: "global" },
  // The widget library asks for the old MathJax; explorables hold no mathematics, so it may ask.
  startup: { ready: () => { MathJax.startup.defaultReady(); MathJax.Hub = { Queue() {} }; } },
  options: { enableMenu: false, skipHtmlTags: ["script", "style", "pre", "code", "textarea"] },
};

Reveal.initialize({
  width: 1280, height: 720, margin: 0, minScale: 0.2, maxScale: 3,
  center: false, display: "flex", hash: true, slideNumber: "c/t", transition: "none",
  pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
  // A slider or the heading of a table has the keys while it has the focus.
  keyboardCondition: () => !document.activeElement?.closest(".ketalab-explorable, [data-lm-suppress-shortcuts], details"),
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "d" && !event.ctrlKey && !event.metaKey) {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }
});
