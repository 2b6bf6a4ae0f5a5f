// D turns the lights off and on, on every page of the course; in fields and menus it is a letter.
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("input:not([type=range], [type=radio], [type=checkbox]), select, textarea")) return;
  if (event.key.toLowerCase() !== "d" || event.ctrlKey || event.metaKey) return;
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

// Paper is white, whatever the room.
{
  const root = document.documentElement;
  let before;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
  });
}
