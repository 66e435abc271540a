"""A lead says themselves what is right of an item at odds, where what reviewers said holds nothing that is."""

from pathlib import Path
from typing import Any

import pytest
from rooms import PASSWORD, answers, judge, room_with
from served import CHROMIUM, NO_BROWSER, said_in, serving
from visiting import logged_in

from needs import without
from trimtab.records import LEADS_WORD, Policy, settled, standing
from trimtab.review import Plan, Room, judgements, make_task
from trimtab.review.records import TaskKind

RULES = [{"id": name, "text": f"No {name}.", "checks": [{"contains": "x"}]} for name in ("dose", "brand", "jargon")]
POLICY = Policy.model_validate({"name": "house", "rules": RULES})
TEXT = "Take two pills of Tealex."
SAID: dict[TaskKind, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "flag": (
        {"kind": "flag", "flags": [{"start": 5, "end": 14, "quote": "two pills", "rule": "dose"}]},
        {"kind": "flag", "flags": []},
        {"kind": "flag", "flags": [{"start": 18, "end": 24, "quote": "Tealex", "rule": "brand"}]},
    ),
    "rubric": (
        {"kind": "rubric", "marks": {"helpful": 5, "honest": 5, "harmless": 5}, "reasons": {}},
        {"kind": "rubric", "marks": {"helpful": 3, "honest": 3, "harmless": 3}, "reasons": {}},
        {"kind": "rubric", "marks": {"helpful": 5, "honest": 3, "harmless": 4}, "reasons": {}},
    ),
    "claims": tuple(  # type: ignore[dict-item]
        {"kind": "claims", "claims": [{"start": 5, "end": 14, "quote": "two pills", "verdict": verdict}]}
        for verdict in ("true", "false", "unsupported")
    ),
}


def at_odds(place: Path, kind: TaskKind = "flag") -> tuple[Room, int, str]:
    """A room with an admin and two reviewers who are at odds on its one item, its task and the page that tells so."""
    task = make_task(kind, "a file", policy=POLICY if kind == "flag" else None)
    room, number = room_with(place, answers(TEXT), task, Plan(per_item=2, repeat=0))
    for name, said in zip(("bo", "cy"), SAID[kind], strict=False):
        judge(place, name, [said])
    return room, number, f"/team/tasks/{number}/odds"


@pytest.mark.parametrize("kind", SAID)
def test_a_lead_says_what_no_reviewer_said_and_their_word_alone_stands(tmp_path: Path, kind: TaskKind) -> None:
    room, _, page = at_odds(tmp_path / "r.db", kind)
    room.accounts.set_admin("ada", PASSWORD)
    ada, header = logged_in(room, "ada")
    assert 'href="/team/judge/1"' in ada.get(page).text
    assert 'data-item="1"' in ada.get("/team/judge/1").text
    card = ada.post("/api/items/1/card", headers=header).json()
    assert card == ada.post("/api/items/1/card", headers=header).json()  # the same desk, however often it is asked for
    assert ada.post("/api/tasks/1/cards", json={}, headers=header).json()["cards"] == []  # and no card of a reviewer's

    def sent(key: str, **said: Any) -> Any:
        body = {"key": key * 8, "assignment": card["id"], "said": said}
        return ada.post("/api/judgements", json=body, headers=header)

    for refused in (SAID[kind][2], SAID[kind][2] | {"why": " "}, {"kind": "skip"}, {"kind": "withdrawn"}):
        assert sent("r", **refused).status_code == 422, refused
    right = SAID[kind][2] | {"why": "look it up"}
    assert sent("k", **right).json() == {"state": "kept"}
    assert sent("k", **right).json() == {"state": "kept before"}
    assert sent("k", **right | {"why": "another"}).status_code == 409
    assert "on nothing that is not settled" in ada.get(page).text
    assert sent("l", **right | {"why": "look again"}).json() == {"state": "kept"}
    with room.database.reading() as session:
        said = list(judgements(session))
    assert [each.reviewer for each in standing(said)] == ["bo", "cy", "ada"]
    [word] = settled(said)
    assert (word.said.kind, word.said.why, word.showing) == (kind, "look again", LEADS_WORD)
    assert ada.get("/team").text.count("item settled") == 2
    room.database.close()


def test_one_word_stands_whichever_lead_had_it_and_only_leads_have_one(tmp_path: Path) -> None:
    room, _, _ = at_odds(tmp_path / "r.db")
    ada = room.accounts.set_admin("ada", PASSWORD)
    lee, bo = (
        room.accounts.accept(room.accounts.invite(ada, role), f"{role}-2", PASSWORD) for role in ("lead", "reviewer")
    )
    desks = {}
    for name in ("ada", lee.name):
        client, header = logged_in(room, name)
        desks[name] = client, header, client.post("/api/items/1/card", headers=header).json()["id"]
        body = {"key": f"key-of-{name}", "assignment": desks[name][2], "said": SAID["flag"][2] | {"why": name}}
        assert client.post("/api/judgements", json=body, headers=header).status_code == 200
    with room.database.reading() as session:
        assert [each.said.why for each in settled(judgements(session))] == [lee.name]
    client, header = logged_in(room, bo.name)
    for status, found in (
        (403, client.post("/api/items/1/card", headers=header)),
        (403, client.get("/team/judge/1")),
        (404, desks["ada"][0].post("/api/items/99/card", headers=desks["ada"][1])),
        (404, desks["ada"][0].get("/team/judge/99")),
    ):
        assert found.status_code == status, found.url
    room.accounts.change(ada, lee.id, role="reviewer")
    client, header, desk = desks[lee.name]
    client, header = logged_in(room, lee.name)
    late = {"key": "no-lead-now", "assignment": desk, "said": SAID["flag"][2] | {"why": "late"}}
    assert client.post("/api/judgements", json=late, headers=header).status_code == 404
    room.database.close()


def test_a_lead_flags_by_keys_what_both_reviewers_missed(browser: Any, tmp_path: Path) -> None:
    if CHROMIUM is None:
        without("chromium", NO_BROWSER)
    from playwright.sync_api import expect

    place = tmp_path / "r.db"
    at_odds(place)[0].database.close()
    with serving("serve", str(place)) as server:
        page = browser.new_page()
        page.goto(f"{server.url}/team/tasks/1/odds")
        page.get_by_role("link", name="judge item 1 yourself").click()
        page.wait_for_selector(".answer")
        assert page.get_by_role("button", name="Skip").count() == 0
        for key in ("ArrowRight", "2", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#notice")).to_contain_text("Say why (w)")
        for key in ("w", *"missed", "Escape", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#saved")).to_have_text("All saved")
        page.get_by_role("link", name="To the items at odds").click()
        expect(page.locator("#main")).to_contain_text("at odds on nothing")
        page.close()
    word = said_in(place)[-1]
    assert (word.showing, word.said.why) == (LEADS_WORD, "missed")
    assert [flag.rule for flag in word.said.flags] == ["brand"]  # type: ignore[union-attr]
