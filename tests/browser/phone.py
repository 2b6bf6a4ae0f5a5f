"""Make `figures/on_a_phone.png`, the picture of the web edition in the README, after `make site`:
`.venv/bin/python tests/browser/phone.py`."""

import os
import shutil
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from ketalab.paths import write_atomically
from ketalab.publish.figures import PHONE
from ketalab.publish.site import SITE

PAGE = SITE / "01_from_dose_to_brain.html"


def main() -> None:
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(viewport={"width": 390, "height": 780}, device_scale_factor=1.5)
        page.goto(f"{PAGE.as_uri()}#route_to_plasma?dose=0.5&minutes=40")
        view = page.locator(".ketalab-view[data-name=route_to_plasma]")
        view.locator(".ketalab-explorable").wait_for()
        page.wait_for_timeout(1000)
        shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
        running.close()
    with write_atomically(PHONE) as file:
        shown.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


if __name__ == "__main__":
    main()
