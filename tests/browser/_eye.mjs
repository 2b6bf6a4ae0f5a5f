// Turn every slide of decks in Firefox and print what a function of the page finds wrong on each.
// Arguments: Firefox's path, and as JSON the addresses, Firefox's settings, the theme, and the functions by name.
import puppeteer from "puppeteer-core";

const [, , executablePath, addresses, settings, theme, checks] = process.argv;
const extraPrefsFirefox = JSON.parse(settings);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
const page = await browser.newPage();
const seen = { errors: [], wrong: [], slides: 0 };
page.on("pageerror", (error) => seen.errors.push(String(error)));

try {
  const zoom = Number(extraPrefsFirefox["layout.css.devPixelsPerPx"] ?? 1);
  await page.setViewport({ width: Math.round(1280 / zoom), height: Math.round(720 / zoom) });
  for (const address of JSON.parse(addresses)) {
    await page.goto(address);
    await page.waitForSelector(".ready");
    const count = (part) => page.$$eval(part, (all) => all.length);
    while (await count(".ketalab-explorable") < await count(".ketalab-view")) await new Promise((done) => setTimeout(done, 100));
    await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
    await page.evaluate(() => Promise.all([document.fonts.ready, MathJax.startup.promise]).then(() => 1));
    // Whether the settings are in force: how wide 10 px are beside 20.
    seen.scale = await page.evaluate(() => [devicePixelRatio, ...[10, 20].map((size) => {
      const probe = document.createElement("span");
      probe.style.cssText = `position: absolute; font-size: ${size}px`;
      probe.textContent = "letters";
      document.body.append(probe);
      const { width } = probe.getBoundingClientRect();
      probe.remove();
      return width;
    })]);
    const total = await page.evaluate(() => Reveal.getTotalSlides());
    for (let place = 0; place < total; place += 1) {
      await page.evaluate((at) => Reveal.slide(at, 0, 99), place);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
      seen.slides += 1;
      for (const [name, check] of Object.entries(JSON.parse(checks))) {
        const found = await page.evaluate(`(${check})()`);
        if (found.length) { seen.wrong.push([address.split("/").pop(), place + 1, name, found]); await page.screenshot({ path: `/tmp/eye/ff_${address.split("/").pop().slice(0,2)}_${place + 1}.png` }); }
      }
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(seen));
