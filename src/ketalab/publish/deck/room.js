// The room's window and the copy of its slide in the speaker's window show the same count of hands and the same
// curtain, and the keys for them do in the speaker's window what they do in the room's. In the copy the curtain
// is thin, so that a teacher sees what it covers. From a disk the two may not touch each other: they send words.
const ketalabRoom = (() => {
  const asked = new URLSearchParams(location.search);
  const isCopy = asked.has("receiver");
  const follows = asked.has("postMessageEvents");  // the copy of the slide on show; the next one shows no more
  let other = isCopy && follows ? parent.opener : null;
  const send = (words) => other?.postMessage({ namespace: "ketalab", ...words }, "*");
  const slides = () => Reveal.getSlides();
  const tellVote = (slide) => send({ slide: slides().indexOf(slide), vote: ketalabVote.state(slide) });
  const tellCurtain = (edge) => send({ curtain: edge });

  // Keys that a teacher presses while the speaker's window has the focus.
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("select, input, textarea")) return;
    const counting = document.activeElement?.closest(".ketalab-vote");
    const does = {
      t: () => ketalabVote.turn(Reveal.getCurrentSlide()),
      c: () => ketalabCurtain.turn(),
      d: () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "d" })),
      escape: counting && (() => document.activeElement.blur()),
    }[event.key.toLowerCase()];
    if (ketalabVote.hear(event) || !does) return;
    does();
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const listening = new WeakSet();
  const meet = (copy, isNew) => {
    other = copy;
    if (isNew) {
      for (const slide of ketalabVote.slides()) tellVote(slide);
      tellCurtain(ketalabCurtain.edge());
    }
    const speaker = copy.parent;
    if (listening.has(speaker)) return;
    listening.add(speaker);
    try {
      speaker.addEventListener("keydown", heard, true);
    } catch (error) {
      console.info(`The speaker's window was opened by another page (${error.name}); T and C go by its copy.`);
    }
  };
  const take = (event) => {
    const said = event.data;
    if (said?.namespace !== "ketalab" || event.source === window) return;
    if (location.protocol !== "file:" && event.origin !== location.origin) return;
    if (isCopy ? event.source !== other : event.source === event.source.parent) return;
    if (!isCopy && (said.meets || event.source !== other)) meet(event.source, said.meets);
    if (said.vote && slides()[said.slide]) ketalabVote.follow(slides()[said.slide], said.vote);
    if ("curtain" in said) ketalabCurtain.follow(said.curtain);
  };

  return {
    listen() {
      document.documentElement.classList.toggle("speakers-copy", isCopy);
      if (isCopy && !follows) return;
      ketalabVote.listen(tellVote);
      ketalabCurtain.listen(tellCurtain);
      Reveal.on("ready", () => {
        addEventListener("message", take);
        if (isCopy) send({ meets: true });
      });
    },
  };
})();
