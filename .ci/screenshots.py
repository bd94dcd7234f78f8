"""Takes pictures of the demonstration: those of the README, or every page of every person.

Usage: screenshots.py FOLDER [--all]. The server is started on a free port with the environment's
settings. The sign-in page of the demonstration must show addresses at example.org, and the
password in an element with the id "demo-password". With --all it walks along the links as each
person, at the width of a desk and of a phone, and says on the way what it sees go wrong.
"""

import re
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
AXE = Path("node_modules/axe-core/axe.min.js")
# What the README shows: name, who looks, where, and how much of the page.
README = (
    ("officer", "lead.vinterhamra", "/rounds/2026/vinterhamra/statements/PM1.2", 1000),
    ("reviewer", "reviewer.clairvaumont", "first review", 1000),
    ("benchmark", "coordinator", "/rounds/2024/benchmark", 1400),
    ("city", "lead.vinterhamra", "/rounds/2024/vinterhamra/benchmark", 1400),
)
PAGES_A_PERSON = 40
PAGES_ALIKE = 8  # of the same first word and depth in their addresses


def main(folder: Path, *, everything: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = str(Path(sys.executable).with_name("cityreview"))
    server = subprocess.Popen([command, "serve", "--host", "127.0.0.1", "--port", str(port)])
    home = f"http://127.0.0.1:{port}/"
    try:
        wait_for(home)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            known = people(browser, home)
            if everything:
                total = sum(walk(browser, home, *who, folder) for who in [("", ""), *known])
            else:
                total = sum(picture(browser, home, known, folder, *one) for one in README)
        print(f"{total} pages are in {folder}")
    finally:
        server.terminate()
        server.wait(20)
    return 0 if total else 1


def wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urlopen(address, timeout=5).close()
            return
        except URLError:
            time.sleep(0.2)
    raise SystemExit("screenshots: the server did not answer within 30 seconds")


def people(browser: Browser, home: str) -> list[tuple[str, str]]:
    page = browser.new_page()
    page.goto(urljoin(home, "/sign-in"))
    addresses = re.findall(r"[\w.+-]+@example\.org", page.inner_text("body"))
    shown = page.locator("#demo-password")
    password = shown.first.inner_text().strip() if shown.count() else ""
    page.close()
    return [(address, password) for address in dict.fromkeys(addresses)] if password else []


def picture(
    browser: Browser,
    home: str,
    known: list[tuple[str, str]],
    folder: Path,
    name: str,
    who: str,
    path: str,
    height: int,
) -> int:
    """One picture for the README, of what one person sees at one address."""
    context = browser.new_context(viewport={"width": 1280, "height": height})
    page = context.new_page()
    person, password = next(one for one in known if one[0].startswith(f"{who}@"))
    sign_in(page, home, person, password)
    if path == "first review":
        page.click("main a[href^='/reviews/']")
        page.click("main a:has-text('Go on with')")
    else:
        page.goto(urljoin(home, path))
    page.screenshot(path=folder / f"{name}.png")
    context.close()
    return 1


def sign_in(page: Page, home: str, person: str, password: str) -> None:
    page.goto(urljoin(home, "/sign-in"))
    page.fill("input[autocomplete~=username]", person)
    page.fill("input[type=password]", password)
    page.press("input[type=password]", "Enter")
    page.wait_for_load_state()


def walk(browser: Browser, home: str, person: str, password: str, folder: Path) -> int:
    """Follow the links from the first page, each page once; return how many were taken."""
    context = browser.new_context()
    page = context.new_page()
    name = person.partition("@")[0] or "visitor"
    page.on("console", lambda said: said.type == "error" and print(f"{name}: {said.text}"))
    if person:
        sign_in(page, home, person, password)
        if urlsplit(page.url).path == "/sign-in":
            print(f"{name}: could not sign in")
            return 0
    waiting, met, alike, taken = ["/"], {"/"}, Counter[tuple[str, int]](), 0
    while waiting and taken < PAGES_A_PERSON:
        path = waiting.pop(0)
        if not is_page(page, urljoin(home, path), name):
            continue
        take(page, folder / f"{name}{path.rstrip('/').replace('/', '_')}", f"{name} {path}")
        taken += 1
        for found in page.eval_on_selector_all(
            "a[href]:not([download])", "all => all.map(a => a.href)"
        ):
            address = urlsplit(found)
            parts = address.path.split("/")
            kind = (parts[1], len(parts)) if len(parts) > 1 else ("", 0)
            ours = found.startswith(home) and "sign-out" not in address.path
            if ours and address.path not in met and alike[kind] < PAGES_ALIKE:
                met.add(address.path)
                alike[kind] += 1
                waiting.append(address.path)
    context.close()
    return taken


def is_page(page: Page, address: str, name: str) -> bool:
    """Open it if it is HTML; files for a spreadsheet are left alone."""
    answer = page.request.get(address)
    if answer.status >= 400:
        print(f"{name}: {answer.status} at {urlsplit(address).path}")
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    page.goto(address)
    return True


def take(page: Page, start: Path, where: str) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=f"{start}_{size}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            print(f"{where}: {wide} pixels wide on a {size} of {width}")
    page.evaluate(AXE.read_text())
    for broken in page.evaluate("axe.run().then(result => result.violations)"):
        print(f"{where}: {broken['id']} at {broken['nodes'][0]['target']}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), everything="--all" in sys.argv[2:]))
