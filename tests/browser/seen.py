"""What a reader sees of an explorable, and how long it takes to become something else."""

from typing import Any

# The sum of the pixels of its picture, and its numbers. (The picture itself would cost a PNG each time.)
SEEN = """(box) => {
  const canvas = box.querySelector(".ketalab-stage canvas"), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let sum = 0;
  for (const pixel of new Uint32Array(data.buffer)) sum = (Math.imul(sum, 31) + pixel) | 0;
  const numbers = [...box.querySelectorAll(".ketalab-readout")];
  const shown = numbers.find((part) => part.checkVisibility()) ?? numbers[0];
  return [`${width} x ${height}: ${sum}`, shown.innerText];
}"""
LEFT = f"""async (box, [before, seconds, all]) => {{
  const seen = {SEEN}, end = performance.now() + 1000 * seconds;
  for (;;) {{
    const others = seen(box).map((part, i) => part !== before[i]);
    if (all ? others.every(Boolean) : others.some(Boolean)) return true;
    if (performance.now() > end) return false;
    await new Promise((done) => setTimeout(done, 50));
  }}
}}"""
SETTLED = f"""async (box) => {{
  const seen = {SEEN}, end = performance.now() + 15_000;
  let last = "", since = performance.now();
  while (performance.now() < end && performance.now() - since < 500) {{
    const now = seen(box).join();
    if (now !== last) [last, since] = [now, performance.now()];
    await new Promise((done) => setTimeout(done, 50));
  }}
}}"""


def shown(box: Any) -> tuple[str, str]:
    """The picture and its numbers, to be compared with themselves."""
    picture, numbers = box.evaluate(SEEN)
    return picture, numbers


def changes(box: Any, before: tuple[str, str]) -> bool:
    """Whether picture and numbers are both others than before, soon: within ten seconds."""
    return box.evaluate(LEFT, [before, 10, True])


def follows(box: Any, before: tuple[str, str]) -> bool:
    """Whether picture or numbers leave `before` within two seconds: a busy machine draws late."""
    return box.evaluate(LEFT, [before, 2, False])


def settle(box: Any) -> None:
    """Wait for the hand's last move: the page sends it when the kernel has answered the one before."""
    box.evaluate(SETTLED)


def press(panel, name: str) -> None:
    panel.get_by_role("button", name=name, exact=True).click()
