"""A real browser for the tests of the room's screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reported import Flagged, flagged_room
from served import CHROMIUM, NO_BROWSER

from needs import without


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    if CHROMIUM is None:
        without("chromium", NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def flagged(tmp_path: Path) -> Flagged:
    """A room in which three reviewers flagged sixteen answers of two models."""
    return flagged_room(tmp_path / "r.db")
