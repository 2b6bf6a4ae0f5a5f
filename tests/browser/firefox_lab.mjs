// Press keys on every kind of control in JupyterLab or Notebook 7 in Firefox, and print what they did.
// Arguments: Firefox's path, the address of the notebook, and as JSON the controls (name: [cell, selector]) and the keys.
import puppeteer from "puppeteer-core";

const [, , executablePath, address, controls, keys] = process.argv;
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const page = await browser.newPage();
const seen = { errors: [] };
page.on("pageerror", (error) => seen.errors.push(String(error)));
const idle = () => page.waitForFunction(() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}, { timeout: 90_000 });
// The notebook's cells, which is chosen, and its mode: what no key in a control may change.
const standing = () => page.evaluate(() => {
  const { content } = jupyterapp.shell.currentWidget;
  return [content.widgets.map((cell) => cell.model.id), content.activeCellIndex, content.mode];
});

try {
  await page.setViewport({ width: 1440, height: 1000 });
  await page.goto(address, { timeout: 90_000 });
  await idle();
  await page.evaluate(() => jupyterapp.commands.execute("notebook:run-all-cells"));
  await idle();
  for (const [name, [cell, selector]] of Object.entries(JSON.parse(controls))) {
    await page.evaluate(async (at) => {
      const { content } = jupyterapp.shell.currentWidget;
      content.activeCellIndex = at;
      await content.scrollToItem(at);
    }, cell);
    const control = await page.waitForSelector(selector, { timeout: 30_000 });
    await new Promise((done) => setTimeout(done, 500));
    await control.focus();
    const before = await standing();
    const value = () => page.$$eval(selector, (all) => all.map((one) => one.ariaValueNow ?? (one.type === "radio" ? one.checked : one.value ?? null)));
    const stood = await value();
    const pressed = seen[name] = { changed: [], lost: [] };
    for (const key of JSON.parse(keys)) {
      await page.keyboard.press(key === "Space" ? " " : key);
      if (JSON.stringify(await standing()) !== JSON.stringify(before)) pressed.changed.push(key);
      const kept = await page.evaluate((part) => document.activeElement.closest(part) !== null, selector.split(" ")[0]);
      if (!kept) pressed.lost.push(key);
      if (pressed.changed.length || !kept) break;
    }
    pressed.moved = JSON.stringify(await value()) !== JSON.stringify(stood);
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(seen));
