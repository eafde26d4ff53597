#!/usr/bin/env python3
"""Takes the picture of an HTML report that stands in docs/using, with the finding about a bias open.

usage: report-picture.py REPORT.html PICTURE.png     (needs python3-selenium, chromium, chromium-driver)
"""
import pathlib
import shutil
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1] / "test"
sys.path[:0] = [str(TESTS / "harness"), str(TESTS / "driver" / "formats")]

from html_test import Page


def main():
    report, picture = map(str, map(pathlib.Path.absolute, map(pathlib.Path, sys.argv[1:])))
    page = Page(shutil.which("chromium"), shutil.which("chromedriver"), size="1100,1480")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]})
    page.open(report)
    for head in page.all(".head"):
        if "conv->bias" in head.text:
            head.click()
    page.driver.save_screenshot(picture)
    page.driver.quit()


if __name__ == "__main__":
    main()
