// Accessibility of explorables, the same in JupyterLab and in the kernel-free decks:
// a name for every slider handle, alt text for the picture, and a read-out that is announced.
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

  const describePictures = (box) => {
    for (const image of box.querySelectorAll("img.widget-image")) {
      const frame = image.closest(".ketalab-frame") ?? box;
      image.alt = frame.querySelector(".ketalab-readout")?.dataset.alt ?? "";
    }
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

  const attend = () => {
    for (const box of document.querySelectorAll(".ketalab-explorable")) {
      nameHandles(box);
      describePictures(box);
      speak(box);
    }
  };

  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; attend(); });
  };
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuetext"],
  });
  soon();
})();
