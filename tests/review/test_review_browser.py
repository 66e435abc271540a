"""The review screen in a real browser, by keys alone: offline, with a server that is killed, by a screen's width."""

import json
import re
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from served import CHROMIUM, NO_BROWSER, said_in, serving

from needs import without
from trimtab.records import RubricJudgement
from trimtab.review import demo_items

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page, expect = playwright.Page, playwright.expect
try:
    from axe_playwright_python.sync_playwright import Axe
except ModuleNotFoundError:
    Axe = None
if CHROMIUM is None:
    without("chromium", NO_BROWSER)

TYPED = {"a": "A", "b": "B", "t": "tie", "x": "both bad", "c": "cannot tell"}


def shown(page: Page) -> tuple[str, str]:
    """The prompt, and what side A says."""
    page.wait_for_selector(".answer")
    prompt, first = page.locator(".prompt .text").inner_text(), page.locator(".answer .text").first.inner_text()
    return prompt.strip(), first


def letters(text: str) -> str:
    """A text without what Markdown may draw otherwise."""
    return re.sub(r"[\W\d_]+", "", text)


def judge(page: Page, key: str, number: int) -> tuple[str, str, str]:
    """Types a key and waits until the next card is there; what was shown, and what that key says."""
    prompt, first = shown(page)
    page.keyboard.press(key)
    expect(page.locator("#progress")).to_have_text(f"{number} of 20")
    return prompt, first, TYPED[key]


def test_twenty_pairs_by_keys_offline_and_with_a_server_that_is_killed_twice(browser: Any, tmp_path: Path) -> None:
    room = tmp_path / "room.db"
    with serving("demo", "--room", str(room)) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.url)
        typed = [judge(page, "abtxc"[number % 5], number + 1) for number in range(4)]
        expect(page.locator("#saved")).to_have_text("All saved")

        context.set_offline(True)
        typed += [judge(page, "abtxc"[number % 5], number + 1) for number in range(4, 9)]
        expect(page.locator("#saved")).to_contain_text(re.compile("[56] not sent yet"))
        context.set_offline(False)
        expect(page.locator("#saved")).to_have_text("All saved", timeout=15000)

        server.kill()
        typed += [judge(page, "abtxc"[number % 5], number + 1) for number in range(9, 12)]
        server.start()
        expect(page.locator("#saved")).to_have_text("All saved", timeout=20000)

        page.reload()
        typed += [judge(page, "abtxc"[number % 5], number + 1) for number in range(12, 14)]
        expect(page.locator("#saved")).to_have_text("All saved")
        server.kill()
        typed += [judge(page, "abtxc"[number % 5], number + 1) for number in range(14, 17)]
        page.close()  # with three of them on this side alone
        server.start()
        page = context.new_page()
        page.goto(server.url)
        expect(page.locator("#progress")).to_have_text("17 of 20", timeout=20000)
        typed += [judge(page, "abtxc"[number % 5], number + 1) for number in range(17, 20)]
        expect(page.locator("#stage")).to_contain_text("All done")
        expect(page.locator("#saved")).to_have_text("All saved")
        context.close()
    said = said_in(room)
    assert len(said) == 20
    assert len({each.item for each in said}) == 20
    assert [each.client_when for each in said] == sorted(each.client_when for each in said if each.client_when)
    pairs = {item.prompt[0].content: item for item in demo_items().items}
    for judgement, (prompt, first, choice) in zip(said, typed, strict=True):
        sides = [side.text for side in pairs[prompt].sides]
        begins = letters(first)[:30]  # list marks and stars are drawn, not said
        assert judgement.order[0] in [place for place, text in enumerate(sides) if letters(text).startswith(begins)]
        places = {"A": judgement.order[0], "B": judgement.order[1]}
        expected = ("first", "second")[places[choice]] if choice in places else choice
        assert judgement.said.choice == expected  # type: ignore[union-attr]
        assert judgement.shown_ms is not None


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("rubric", ["1", "r", *"bad 3", "Escape", "2", "Enter", "5", "Enter", "r", *"dull", "Control+Enter"]),
        ("edit", ["e", "End", *" more", "Control+Enter"]),
        ("claims", ["ArrowDown", "Shift+ArrowRight", "f", "Enter"]),
        ("thumb", ["v", "w", "y", "Escape", "y"]),
    ],
)
def test_each_task_is_done_by_keys_at_a_phones_width_and_is_accessible(
    browser: Any, tmp_path: Path, kind: str, keys: list[str]
) -> None:
    source, room = tmp_path / "answers.jsonl", tmp_path / "room.db"
    severity = 2 if kind == "thumb" else 1  # blurred until it is asked for
    said = "Tea is green. It grows on hills."
    rows = [{"prompt": f"{n}?", "response": f"{said} {n}", "severity": severity} for n in range(3)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with serving(str(source), "--kind", kind, "--room", str(room)) as server:
        context = browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(server.url)
        for number in (1, 2):
            page.wait_for_selector(".answer")
            if severity == 2:
                page.keyboard.press("y")  # is not heard while it is blurred
                assert page.locator(".blurred").count() == 1
            for key in keys:
                page.keyboard.press(key)
            expect(page.locator("#progress")).to_have_text(f"{number} of 3")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("u")
        expect(page.locator("#progress")).to_have_text("1 of 3")
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        if Axe is not None:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                found = Axe().run(page).response["violations"]
                assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
        expect(page.locator("#saved")).to_have_text("All saved")
        context.close()
    said_then = [each.said for each in said_in(room)]
    assert [each.kind for each in said_then] == [kind, kind, "withdrawn"]
    if isinstance(said_then[0], RubricJudgement):  # low marks and refused savings took no key from the marks
        assert said_then[0].marks == {"helpful": 1, "honest": 2, "harmless": 5}
        assert said_then[0].reasons == {"helpful": "bad 3", "honest": "dull"}


def test_a_region_of_an_image_and_a_stretch_of_a_sound_are_flagged_by_keys(browser: Any, tmp_path: Path) -> None:
    folder, policy, room = tmp_path / "files", tmp_path / "p.yaml", tmp_path / "room.db"
    folder.mkdir()
    Image.new("RGB", (320, 200), "teal").save(folder / "a.png")
    with wave.open(str(folder / "b.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\x20" * 16000)
    rows = [{"file_name": "a.png", "prompt": "A calm sea"}, {"file_name": "b.wav", "severity": 2}]
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    policy.write_text("name: p\nrules:\n- {id: no-text, text: No writing., checks: [{contains: x}]}\n")
    keys = ["ArrowRight", "ArrowRight", "ArrowUp", *["Shift+ArrowLeft"] * 5, "1", "o", *"seen", "Escape", "Enter"]
    arguments = (str(folder), "--kind", "flag", "--policy", str(policy), "--room", str(room))
    with serving(*arguments) as server:
        context = browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(server.url)
        for number in (1, 2):
            page.wait_for_selector(".media img, .media audio")
            if page.locator(".media img").count():
                expect(page.locator(".media img")).to_have_js_property("naturalWidth", 320)
                for key in keys:
                    page.keyboard.press(key)
            else:
                expect(page.locator("audio")).to_have_js_property("duration", 2)
                assert page.evaluate("(e => e.muted && e.paused && !e.autoplay)(document.querySelector('audio'))")
                page.keyboard.press("1")  # is not heard while it is covered
                page.keyboard.press("v")
                for key in ("ArrowRight", "]", "1", "l", "Enter"):
                    page.keyboard.press(key)
            expect(page.locator("#progress")).to_have_text(f"{number} of 2")
        expect(page.locator("#saved")).to_have_text("All saved")
        page.keyboard.press("u")
        page.wait_for_selector(".media")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if Axe is not None:
            found = Axe().run(page).response["violations"]
            assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
        context.close()
    said = [spoken(flag) for each in said_in(room) if each.said.kind == "flag" for flag in each.said.flags]
    flags = {len(flag): flag for flag in said}
    assert flags[5] == {"x": 0.29, "y": 0.23, "width": 0.4, "height": 0.5, "note": "seen"}
    assert flags[3] == {"from_seconds": 0.0, "to_seconds": 1.0, "note": ""}


def spoken(flag: Any) -> dict[str, Any]:
    """A flag without the rule that it names."""
    given: dict[str, Any] = flag.model_dump()
    return {name: value for name, value in given.items() if name not in ("policy", "rule", "rule_version")}
