"""A headless Chromium for tests that click: where it is, how to get it, a page in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_TIMEOUT = 60_000


def main() -> int:
    """Install a Chromium unless there is one; without, tests that click are skipped, or fail in CI.

    Returns:
        The exit status, always success: everything else can be tested without.
    """
    if find() is None:
        print("Installing Chromium, for the tests that click", flush=True)
        _install()
    if find() is None:
        print("Chromium could not be installed: on Debian as root, apt-get install chromium", file=sys.stderr)
    return 0


def find() -> str | None:
    """Find a Chromium.

    Returns:
        The path of its command: of the system, else of playwright; None where there is none.
    """
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if os.path.exists(own) else None


@contextmanager
def page(url: str, token: str) -> Iterator[Page]:
    """Open a page in a new browser, logged in to Airflow.

    Args:
        url: Address of the API server.
        token: A token of its REST API, which its UI takes as well.

    Yields:
        The page; it is closed afterwards together with the browser.
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=_TIMEOUT)
    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=_QUIET)
        try:
            context = browser.new_context(
                base_url=url,
                viewport={"width": 1280, "height": 1100},
                locale="en-GB",
                timezone_id="Europe/Paris",
            )
            context.set_default_timeout(_TIMEOUT)
            context.add_cookies([{"name": "_token", "value": token, "url": url}])
            yield context.new_page()
        finally:
            browser.close()


def _install() -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    packages = ["chromium", "fonts-dejavu-core"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL)  # noqa: S603
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    sys.exit(main())
