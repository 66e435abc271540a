"""A real browser for the tests of the room's screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reported import Flagged, flagged_room
from rooms import PASSWORD, pairs, room_with
from served import CHROMIUM, NO_BROWSER

from needs import without
from trimtab.review import Room


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


@pytest.fixture
def team(tmp_path: Path) -> Iterator[tuple[Room, int]]:
    """A room with an admin and two reviewers, who came by invitation."""
    room, task = room_with(tmp_path / "r.db", pairs(6))
    ada = room.accounts.set_admin("ada", PASSWORD)
    for name in ("bo", "cy"):
        room.accounts.accept(room.accounts.invite(ada, "reviewer"), name, PASSWORD)
    yield room, task
    room.database.close()
