"""The analyst's report as it leaves the room: nothing in it runs, nobody is named, leads alone get it."""

import base64
import csv
import io
import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from reported import POLICY, fill, flag, flags, say, texts
from rooms import PASSWORD, pairs, room_with

from cli_runner import Result, trimtab
from trimtab.api import review_page, review_report
from trimtab.report.word_diff import word_diff
from trimtab.review import make_task, read_items
from trimtab.review.app import create_app

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> 400 mg, write to ann.lee@mail-of-hers.com \"' </style>"


class _Tags(HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    found = _Tags()
    found.feed(page)
    return found.tags


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A room in which every text that a stranger can write tries to run, and names ann and her address."""
    place = tmp_path / "r.db"
    task = fill(place, make_task("flag", EVIL, policy=POLICY), texts({EVIL + str(n): EVIL for n in range(3)}, EVIL))
    note = "=HYPERLINK(1) Ann says so " + EVIL
    say(place, "Ann", task, lambda text: flags(flag(text, "400 mg", "no-dose", note), why=EVIL))
    edit = fill(place, make_task("edit", EVIL), texts({EVIL: "one"}, EVIL))
    say(place, "Ann", edit, lambda text: {"kind": "edit", "text": text + EVIL, "why": EVIL})
    return place


def test_no_text_of_a_stranger_runs_in_the_page(told: Path) -> None:
    page = review_report(str(told)).out.read_text()
    tags = tags_of(page)
    assert {tag for tag, _ in tags}.isdisjoint({"script", "iframe", "object", "form", "base", "link", "img"})
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    policy = next(a["content"] for tag, a in tags if tag == "meta" and a.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert page.count("</style>") == 1
    assert page.index(str(policy)) < page.index("<title>")  # before anything that it is to hold for
    assert "&lt;script&gt;alert(1)" in page
    assert all(a["href"].startswith("#") for tag, a in tags if tag == "a" and a["href"])


def test_no_cell_of_a_table_is_computed(told: Path) -> None:
    done = review_report(str(told))
    for place in done.tables:
        for row in csv.DictReader(io.StringIO(place.read_text())):
            assert not [cell for cell in row.values() if cell and cell[0] in "=+@"], place.name
    defects = next(place for place in done.tables if place.name.endswith("defects.csv"))
    assert "'=HYPERLINK(1) Ann says so" in defects.read_text()


def test_a_redacted_report_names_nobody(told: Path, tmp_path: Path) -> None:
    plain = review_report(str(told))
    hidden = review_report(str(told), tmp_path / "hidden.html", redact=True)
    assert "Ann says so" in plain.out.read_text()  # what reviewers wrote stands as they wrote it
    assert "ann.lee@mail-of-hers.com" in plain.out.read_text()
    assert not re.search(r"(?<!\w)Ann(?!\w)", re.sub("Ann says so", "", plain.out.read_text()))
    for place in (hidden.out, *hidden.tables):
        text = place.read_text()
        assert not re.search(r"(?<!\w)ann(?!\w)", text, re.IGNORECASE), place.name
        assert "mail-of-hers" not in text, place.name
    assert "reviewer-1 says so" in hidden.out.read_text()
    assert "<mark>400 mg</mark>" in hidden.out.read_text()  # its place is the same in the masked text
    assert hidden.notes
    assert [each.measured for each in hidden.figures.tasks[1:]] == [each.measured for each in plain.figures.tasks[1:]]


def test_pictures_stand_in_the_page_with_what_was_flagged(tmp_path: Path) -> None:
    place, folder = tmp_path / "r.db", tmp_path / "pictures"
    folder.mkdir()
    for n, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (900, 600), colour).save(folder / f"p{n}.png")
    task = fill(place, make_task("flag", "pictures", policy=POLICY), read_items([str(folder)], 1))
    region = {"rule": "no-dose", "x": 0.5, "y": 0.25, "width": 0.25, "height": 0.5, "note": ""}
    say(place, "ann", task, lambda _: {"kind": "flag", "flags": [region]})
    done = review_report(str(place))
    page = done.out.read_text()
    sources = [a["src"] or "" for tag, a in tags_of(page) if tag == "img"]
    assert len(sources) == 3
    for source in sources:
        kind, _, data = source.partition(";base64,")
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            assert (kind, max(image.size), image.info.get("exif")) == ("data:image/jpeg", 360, None)
    assert page.count("left:50.000%;top:25.000%;width:25.000%;height:50.000%") == 3
    (all_,) = [
        cut
        for each in done.figures.tasks[0].measured
        if each.title == "no-dose"
        for cut in each.cuts
        if cut.cut == "all"
    ]
    assert all_.figure.estimate == 1
    assert not [cut for each in done.figures.tasks[0].measured for cut in each.cuts if cut.cut == "source"]  # one each
    (folder / "p0.png").write_bytes(b"changed since")
    again = review_report(str(place), tmp_path / "b.html").out.read_text()
    assert "is not there any more, was changed" in again
    assert again.count("<img") == 2
    assert "<img" not in review_report(str(place), tmp_path / "c.html", redact=True).out.read_text()


def test_what_an_edit_changed_adds_up_to_both_texts() -> None:
    drawn = random.Random(5)
    for _ in range(50):
        one, other = ("".join(drawn.choice(["a ", "b", "é", "\n", ", ", "日"]) for _ in range(30)) for _ in range(2))
        changes = word_diff(one, other)
        assert "".join(each.text for each in changes if each.kind != "in") == one
        assert "".join(each.text for each in changes if each.kind != "out") == other
    assert [each.kind for each in word_diff("same words", "same words")] == ["same"]


def test_the_same_room_gives_the_same_bytes(told: Path, tmp_path: Path) -> None:
    one, other = review_report(str(told), tmp_path / "a.html"), review_report(str(told), tmp_path / "b.html")
    assert one.out.read_bytes() == other.out.read_bytes()


def test_leads_alone_download_it(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(6))
    ada = room.accounts.set_admin("ada", PASSWORD)
    for name, role in (("bo", "reviewer"), ("di", "lead")):
        room.accounts.accept(room.accounts.invite(ada, role), name, PASSWORD)  # type: ignore[arg-type]
    say(tmp_path / "r.db", "bo", task, lambda _: {"kind": "pair", "choice": "first"})
    app = create_app(room, report=review_page)
    anybody = TestClient(app, follow_redirects=False)
    assert anybody.get("/team/report").headers["location"] == "/login"
    for name, status in (("bo", 403), ("di", 200), ("ada", 200)):
        client = TestClient(app, follow_redirects=False)
        client.post("/login", data={"name": name, "password": PASSWORD})
        for path in ("/team/report", "/team/report?redact=true"):
            answer = client.get(path)
            assert answer.status_code == status, name
            assert ("“before” is better" in answer.text) == (status == 200)
            assert answer.headers.get("content-disposition", "").startswith("attachment") == (status == 200)
        assert ('href="/team/report"' in client.get("/team").text) == (status == 200)
    without = TestClient(create_app(room), follow_redirects=False)
    without.post("/login", data={"name": "ada", "password": PASSWORD})
    assert without.get("/team/report").status_code == 404
    assert 'href="/team/report"' not in without.get("/team").text
    room.database.close()


def test_the_command_says_what_it_wrote(told: Path, tmp_path: Path) -> None:
    def report(*arguments: str) -> Result:
        return trimtab("review", "report", *arguments, cwd=tmp_path)

    done = report(str(told), "--out", "o.html", "--csv", "tables", "--json")
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said["judged"], said["tasks"]) == (4, 2)
    assert all((tmp_path / place).is_file() for place in (said["out"], *said["tables"]))
    again = report(str(told), "--out", "o.html")
    assert again.returncode == 2
    assert "there already" in again.stderr
    assert report("no.db").returncode == 2
    plain = report(str(told), "--out", "p.html", "--rule", "no-dose", "--redact")
    assert "3 judgements in 1 task" in plain.stdout
    assert "pseudonyms: 1" in plain.stderr
