// The page of all decks: arrow keys go from lesson to lesson, D turns the lights off and on.
const cards = [...document.querySelectorAll(".card")];
const across = () => cards.filter((card) => card.offsetTop === cards[0].offsetTop).length;
const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: across, ArrowUp: () => -across() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = cards.indexOf(document.activeElement);
  if (STEPS[event.key] && (at >= 0 || event.key === "ArrowRight")) {
    cards[Math.min(Math.max(at + STEPS[event.key](), 0), cards.length - 1)].focus();
    event.preventDefault();
  }
});
