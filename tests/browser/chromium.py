"""Where the browser tests find Chromium; as a program, installs one when none is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(playwright: Playwright) -> Path | None:
    """Path of a Chromium: CONCORD_CHROMIUM, else Playwright's own, else the system's; or None."""
    chosen = os.environ.get("CONCORD_CHROMIUM")
    if chosen:
        # A wrong path is the tester's mistake to see, not a reason to use another browser.
        return Path(chosen)
    own = Path(playwright.chromium.executable_path)
    if own.is_file():
        return own
    found = (shutil.which(name) for name in SYSTEM_NAMES)
    return next((Path(path) for path in found if path), None)


def install_chromium() -> None:
    """Install Chromium: as root on a Debian from its packages, else by Playwright."""
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq"]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*apt, "update"], check=True, env=quiet)
        command = [*apt, "install", "--yes", "--no-install-recommends", "chromium"]
        subprocess.run(command, check=True, env=quiet)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    """Exit status 0 when a Chromium is there, found or installed."""
    with sync_playwright() as playwright:
        if find_chromium(playwright) is None:
            install_chromium()
        found = find_chromium(playwright)
    if found is None or not found.is_file():
        print("No Chromium found. Install one, or name it in CONCORD_CHROMIUM.", file=sys.stderr)
        return 1
    print(f"Browser tests use {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
