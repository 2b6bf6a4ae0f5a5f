// Drive Firefox over WebDriver BiDi through the web edition, as a reader would, and print what was seen.
// Arguments: Firefox's path, and the address of the site's folder.
import puppeteer from "puppeteer-core";

const [, , executablePath, home] = process.argv;
const seen = { errors: [], requests: [] };
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const page = await browser.newPage();
page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("request", (request) => {
  if (!/^(file|data|blob|about|http:\/\/127\.0\.0\.1)/.test(request.url())) seen.requests.push(request.url());
});
const outside = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
// Open a page; milliseconds until its first text is there, and until its scripts have run.
const open = async (name) => {
  await page.goto("about:blank");
  await page.goto(`${home}/${name}`, { waitUntil: "load" });
  return page.evaluate(() => {
    const [entry] = performance.getEntriesByType("navigation");
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    return { text: Math.round(painted?.startTime ?? -1), ready: Math.round(entry.loadEventStart) };
  });
};

try {
  await page.setViewport({ width: 390, height: 844 });
  seen.version = await browser.version();
  seen.index = { ...await open("index.html"), cards: await page.$$eval(".cards li", (all) => all.length), outside: await page.evaluate(outside) };

  seen.lesson = { ...await open("01_from_dose_to_brain.html"), outside: await page.evaluate(outside) };
  seen.lesson.sections = await page.$$eval("main > section", (all) => all.length);
  seen.lesson.drawn = await page.$$eval("mjx-container svg", (all) => all.filter((one) => one.getBoundingClientRect().width > 0).length);

  // An explorable at a setting, then a key on its first slider.
  await open("01_from_dose_to_brain.html#route_to_plasma?dose=0.5&minutes=10");
  const view = ".ketalab-view[data-name=route_to_plasma]";
  const read = () => page.$eval(view, (one) => ({
    values: one.ketalab.values,
    readings: Object.fromEntries([...one.querySelectorAll(".ketalab-readout dt")].map((dt) => [dt.textContent, dt.nextSibling.textContent])),
    said: one.closest("figure").querySelector("[role=status]").textContent,
  }));
  await page.waitForSelector(`${view} .ketalab-explorable`);
  await page.waitForFunction((part) => document.querySelector(part).ketalab?.values.minutes === 10, {}, view);
  seen.linked = await read();
  await page.focus(`${view} input[type=range]`);
  await page.keyboard.press("ArrowRight");
  seen.moved = await read();
  // How long a setting takes to the screen: from the hand to the frame after it, 40 times.
  seen.frame = await page.$eval(view, async (one) => {
    const times = [], frame = () => new Promise((done) => requestAnimationFrame(done));
    const hand = one.querySelector("input[type=range]");
    for (let i = 0; i < 40; i += 1) {
      await frame();
      const from = performance.now();
      hand.value = i % (Number(hand.max) + 1);
      hand.dispatchEvent(new Event("input", { bubbles: true }));
      one.getBoundingClientRect();
      times.push(performance.now() - from);
    }
    return Math.round(10 * times.sort((a, b) => a - b)[20]) / 10;
  });

  // A prediction, committed, and kept over a reload.
  await open("01_from_dose_to_brain.html");
  const ask = ".ketalab-ask[data-kind=prediction]";
  const state = () => page.$eval(ask, (one) => ({
    told: one.classList.contains("told"), closed: one.querySelector("button").disabled,
    chosen: [...one.querySelectorAll("input")].findIndex((input) => input.checked),
  }));
  seen.before = await state();
  await page.$$eval(`${ask} input`, (all) => all[1].click());
  await page.$eval(`${ask} button`, (button) => button.click());
  seen.committed = await state();
  await page.reload();
  seen.reloaded = await state();

  // A figure alone, and the whole at 1280.
  await page.$eval("figure > a", (link) => link.scrollIntoView());
  await page.waitForFunction(() => document.querySelector("figure > a img").naturalWidth > 0);
  await page.$eval("figure > a", (link) => link.click());
  seen.alone = await page.$eval("#alone img", (one) => one.getBoundingClientRect().width);
  await page.keyboard.press("Escape");
  await page.setViewport({ width: 1280, height: 800 });
  seen.wide = await page.evaluate(outside);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(seen));
