"""The screen in a real browser: rankings, real video and sound, boxes by mouse and finger, a page without a server."""

import base64
import json
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from served import CHROMIUM, NO_BROWSER, SEVERE, said_in, serving

from needs import without

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page, expect = playwright.Page, playwright.expect
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe
if CHROMIUM is None:
    without("chromium", NO_BROWSER)

PHONE = {"width": 390, "height": 800}
RECORDED = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 48];
  const pen = canvas.getContext("2d");
  const paint = () => { pen.fillStyle = "rgb(200, 30, 30)"; pen.fillRect(0, 0, 64, 48); };
  paint();
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const painting = setInterval(paint, 40);
  recorder.start();
  await new Promise((done) => setTimeout(done, 1500));
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.stop();
  await stopped;
  clearInterval(painting);
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
KEPT = """async () => {
  const kept = await caches.open("trimtab-review");
  return (await kept.keys()).map(({ url }) => new URL(url).pathname);
}"""
READY = """(what) => {
  const player = document.querySelector(what);
  return player.readyState >= 2 && Number.isFinite(player.duration);
}"""
PLAYED = "(what) => document.querySelector(what).currentTime > 0.3"
FRAME = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [8, 8];
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 8, 8);
  return [video.paused, ...pen.getImageData(4, 4, 1, 1).data];
}"""


def sound(browser_page: Page) -> None:
    """No serious finding of axe, in light and dark."""
    for scheme in ("light", "dark"):
        browser_page.emulate_media(color_scheme=scheme)
        found = Axe().run(browser_page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in SEVERE] == []


def policy(folder: Path) -> str:
    file = folder / "p.yaml"
    file.write_text("name: p\nrules:\n- {id: no-red, text: Nothing red., checks: [{contains: x}]}\n")
    return str(file)


def test_answers_are_put_in_order_by_keys_and_by_touch(browser: Any, tmp_path: Path) -> None:
    source, room = tmp_path / "a.jsonl", tmp_path / "room.db"
    rows = [{"prompt": f"{n}?", "response": f"{n} {word}"} for n in "pq" for word in ("one", "two", "three", "four")]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with serving(str(source), "--kind", "rank", "--room", str(room)) as server:
        context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
        page = context.new_page()
        page.goto(server.url)
        seen = texts(page)
        for key in ("3", "1", "Enter"):  # two have no place yet
            page.keyboard.press(key)
        expect(page.locator("#notice")).to_have_text("2 and 4 have no place yet.")
        for key in ("=", "4", "2", "2", "2"):  # 3, then 1 and 4, then 2, which is taken off and put back
            page.keyboard.press(key)
        expect(page.locator(".ranked")).to_have_text("1st 32nd 1 and 43rd 2")
        expect(page.locator("#notice")).to_have_text("")  # what was refused is over
        assert page.locator("#progress").inner_text() == "0 of 2"
        page.keyboard.press("?")
        expect(page.locator("#help")).to_contain_text("Next one alike")
        page.keyboard.press("Escape")
        sound(page)
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_text("1 of 2")
        again = texts(page)
        for name in ("Put 2 next", "Put 1 next", "Put 4 next", "Put 3 next", "Save"):
            page.get_by_role("button", name=name).tap()
        expect(page.locator("#stage")).to_contain_text("All done")
        expect(page.locator("#saved")).to_have_text("All saved")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()
    ranked = [ranks_of(each, shown) for each, shown in zip(said_in(room), (seen, again), strict=True)]
    assert ranked == [
        {seen[2]: 1, seen[0]: 2, seen[3]: 2, seen[1]: 3},
        {again[1]: 1, again[0]: 2, again[3]: 3, again[2]: 4},
    ]


def texts(page: Page) -> list[str]:
    page.wait_for_selector(".answer")
    return [each.inner_text().split(" ")[1] for each in page.locator(".answer .text").all()]


def ranks_of(judgement: Any, shown: list[str]) -> dict[str, int]:
    """The rank of each answer by its words; `order` says where the item's own stood."""
    return {shown[judgement.order.index(own)]: rank for own, rank in enumerate(judgement.said.ranks)}


def test_a_page_loaded_anew_without_a_server_keeps_and_sends_what_was_said(browser: Any, tmp_path: Path) -> None:
    room = tmp_path / "room.db"
    with serving("demo", "--room", str(room)) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_selector(".answer")
        with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
            page.keyboard.press("a")
        expect(page.locator("#saved")).to_have_text("All saved")
        page.wait_for_selector("body[data-kept=yes]")
        server.kill()
        for number in (2, 3):
            page.keyboard.press("b")
            expect(page.locator("#progress")).to_have_text(f"{number} of 20")
        page.close()  # the laptop is closed
        page = context.new_page()
        page.goto(server.url)  # and opened again, without a server
        expect(page.locator("#saved")).to_contain_text("2 not sent yet")
        expect(page.locator("#notice")).to_contain_text("No connection")
        server.start()
        expect(page.locator("#saved")).to_have_text("All saved", timeout=20000)
        expect(page.locator("#progress")).to_have_text("3 of 20")
        with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
            page.keyboard.press("t")  # "All saved" may still stand there from before
        expect(page.locator("#saved")).to_have_text("All saved")
        kept = page.evaluate(KEPT)
        assert all(path.startswith(("/static/", "/tasks/")) for path in kept)
        context.close()
    said = said_in(room)
    assert len(said) == len({each.item for each in said}) == 4
    assert [each.said.choice == "tie" for each in said] == [False, False, False, True]  # type: ignore[union-attr]


def test_a_video_shows_a_frame_plays_in_parts_and_has_a_stretch_flagged_by_keys(browser: Any, tmp_path: Path) -> None:
    folder, room = tmp_path / "files", tmp_path / "room.db"
    folder.mkdir()
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    (folder / "a.webm").write_bytes(base64.b64decode(page.evaluate(RECORDED)))
    with wave.open(str(folder / "b.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\x20" * 16000)
    statuses: dict[str, set[int]] = {}
    page.on("response", lambda got: statuses.setdefault(got.url.split("/")[3], set()).add(got.status))
    with serving(str(folder), "--kind", "flag", "--policy", policy(tmp_path), "--room", str(room)) as server:
        page.goto(server.url)
        for number in (1, 2):
            page.wait_for_selector(".media")
            what = "video" if page.locator("video").count() else "audio"
            player = page.locator(what)
            until(page, READY, what)
            if what == "video":
                paused, red, green, _, _ = page.evaluate(FRAME)  # no still was made: the browser draws the first frame
                assert paused
                assert red > 120 > 80 > green
                sound(page)
            page.keyboard.press("p")
            until(page, PLAYED, what)
            page.keyboard.press("p")
            expect(player).to_have_js_property("paused", True)
            at = settled(page, partial(player.evaluate, "player => player.currentTime"))
            page.keyboard.press("]")
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            expect(page.locator("#progress")).to_have_text(f"{number} of 2")
            [flag] = said_flags(room, page)[-1]
            assert flag["from_seconds"] < 0.01
            assert abs(flag["to_seconds"] - at) < 0.02
        context.close()
    assert 206 in statuses["m"]


def settled(page: Page, read: Callable[[], Any]) -> Any:
    """What is read once it no longer changes: a box whose page is still laid out, the time of a player just paused."""
    now, before = read(), None
    while now is None or now != before:
        page.wait_for_timeout(100)
        now, before = read(), now
    return now


def until(page: Page, script: str, what: str) -> None:
    """Waits until it holds; the page's own policy lets no text be run there that would do so."""
    for _ in range(200):
        if page.evaluate(script, what):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"it never held: {script}")


def said_flags(room: Path, page: Page) -> list[list[dict[str, Any]]]:
    expect(page.locator("#saved")).to_have_text("All saved")
    return [[flag.model_dump() for flag in each.said.flags] for each in said_in(room)]  # type: ignore[union-attr]


def test_a_box_is_drawn_by_mouse_and_by_finger(browser: Any, tmp_path: Path) -> None:
    folder, room = tmp_path / "files", tmp_path / "room.db"
    folder.mkdir()
    for name, colour in (("a.png", "teal"), ("b.png", "navy")):
        Image.new("RGB", (300, 200), colour).save(folder / name)
    with serving(str(folder), "--kind", "flag", "--policy", policy(tmp_path), "--room", str(room)) as server:
        context = browser.new_context(viewport=PHONE, has_touch=True)
        page = context.new_page()
        page.goto(server.url)
        finger = context.new_cdp_session(page)
        for number in (1, 2):
            expect(page.locator(".media img")).to_have_js_property("naturalWidth", 300)
            page.locator(".media img").scroll_into_view_if_needed()
            edges = settled(page, lambda: page.locator(".frame").bounding_box())
            left, top, wide, high = (edges[name] for name in ("x", "y", "width", "height"))
            points = [(left + wide * x, top + high * y) for x, y in ((0.2, 0.1), (0.5, 0.4), (0.6, 0.7))]
            if number == 1:
                page.mouse.move(*points[0])
                page.mouse.down()
                for point in points[1:]:
                    page.mouse.move(*point)
                page.mouse.up()
            else:
                for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
                    finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
                finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            page.get_by_role("button", name="no-red").tap()
            page.get_by_role("button", name="Save").tap()
            expect(page.locator("#progress")).to_have_text(f"{number} of 2")
        boxes = said_flags(room, page)
        context.close()
    for [box] in boxes:
        assert [round(box[name], 1) for name in ("x", "y", "width", "height")] == [0.2, 0.1, 0.4, 0.6]
