// A curtain over what stands below the heading of a slide. A hand pulls its edge down; a turned slide has none.
const ketalabCurtain = (() => {
  const curtain = Object.assign(document.createElement("div"), { className: "curtain" });
  curtain.setAttribute("data-prevent-swipe", "");
  const fall = (top) => { curtain.style.top = `${Math.max(0, top)}px`; };
  const within = (y) => (y - Reveal.getCurrentSlide().getBoundingClientRect().top) / Reveal.getScale();
  const lift = () => curtain.remove();
  const draw = () => {
    if (Reveal.isOverview()) return;
    const heading = Reveal.getCurrentSlide().querySelector("h1, h2");
    fall(heading ? within(heading.getBoundingClientRect().bottom) + 6 : 0);
    document.querySelector(".slides").append(curtain);
  };
  curtain.addEventListener("pointerdown", (event) => {
    curtain.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  curtain.addEventListener("pointermove", (event) => {
    if (curtain.hasPointerCapture(event.pointerId)) fall(within(event.clientY));
  });
  return {
    turn: () => (curtain.isConnected ? lift() : draw()),
    listen() {
      Reveal.on("slidechanged", lift);
      Reveal.on("overviewshown", lift);
    },
  };
})();
