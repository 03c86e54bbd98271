"""Starts the program, lets things happen in it, and takes every picture: bin/pictures [NAME ...]."""

import sys

from playwright.sync_api import expect, sync_playwright

from tests.journeys import desk
from tests.journeys.pictures import campaigns, everyday, payments, telephone, trouble
from tests.journeys.pictures.camera import Camera
from tests.journeys.program import ROOT, Program, chromium

FOLDER = ROOT / "docs" / "pictures"
# What is made for the second stands on top of every page.
PARTS = ((payments, telephone, campaigns, everyday), (trouble,))


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=4 * desk.PATIENCE_MILLISECONDS)
    program = Program()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium())
            take_all(Camera(browser, program.url, FOLDER), program, names)
            browser.close()
    finally:
        program.stop()


def take_all(camera: Camera, program: Program, names: list[str]) -> None:
    for parts in PARTS:
        for part in parts:
            part.make(camera, program.sandbox)
        for shot in (shot for part in parts for shot in part.SHOTS):
            if not names or shot.name in names:
                print(shot.name, flush=True)
                camera.take(shot)


if __name__ == "__main__":
    main(sys.argv[1:])
