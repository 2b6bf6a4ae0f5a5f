// A curtain over what stands below the heading of a slide. A hand pulls its edge down; a turned slide has none.
const ketalabCurtain = (() => {
  const curtain = Object.assign(document.createElement("div"), { className: "curtain" });
  curtain.setAttribute("data-prevent-swipe", "");
  let tell = () => {};  // whom its place goes to (room.js)
  let edge = null;  // in pixels of a slide; none while it is up
  const hang = (top) => {
    edge = top;
    if (top === null) {
      curtain.remove();
      return;
    }
    curtain.style.top = `${top}px`;
    if (!curtain.isConnected) document.querySelector(".slides").append(curtain);
  };
  const fall = (top) => {
    hang(Math.max(0, top));
    tell(edge);
  };
  const within = (y) => (y - Reveal.getCurrentSlide().getBoundingClientRect().top) / Reveal.getScale();
  const lift = () => {
    if (edge === null) return;
    hang(null);
    tell(null);
  };
  const draw = () => {
    if (Reveal.isOverview()) return;
    const heading = Reveal.getCurrentSlide().querySelector("h1, h2");
    fall(heading ? within(heading.getBoundingClientRect().bottom) + 6 : 0);
  };
  curtain.addEventListener("pointerdown", (event) => {
    curtain.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  curtain.addEventListener("pointermove", (event) => {
    if (curtain.hasPointerCapture(event.pointerId)) fall(within(event.clientY));
  });
  Reveal.on("slidechanged", lift);
  Reveal.on("overviewshown", lift);
  return {
    turn: () => (curtain.isConnected ? lift() : draw()),
    follow: hang,
    edge: () => edge,
    listen(told) { tell = told; },
  };
})();
