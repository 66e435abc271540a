"""The room from outside: who gets in, what they see, what is refused."""

import re
from pathlib import Path

import pytest
from rooms import PASSWORD, answers, pair_said, room_with
from visiting import browser, csrf_of, logged_in

from trimtab.errors import UserError
from trimtab.records import Policy
from trimtab.review import Place, Room, check_place, make_task
from trimtab.review.guard import LARGEST_BODY


@pytest.fixture
def local(tmp_path: Path) -> tuple[Room, int]:
    return room_with(tmp_path / "r.db")


def test_on_this_machine_one_judges_without_an_account(local: tuple[Room, int]) -> None:
    room, task = local
    client = browser(room)
    assert "Which answer is better?" in client.get(f"/tasks/{task}").text
    assert client.get("/login").headers["location"] == "/"
    header = {"X-CSRF": csrf_of(client)}
    card = client.post(f"/api/tasks/{task}/cards", json={"count": 1}, headers=header).json()["cards"][0]
    sent = {"key": "k" * 16, "assignment": card["id"], "said": pair_said(), "client_when": "2026-11-28T10:00:00Z"}
    assert client.post("/api/judgements", json=sent, headers=header).json() == {"state": "kept"}
    assert client.post("/api/judgements", json=sent, headers=header).json() == {"state": "kept before"}
    assert '"choice"' in client.get("/api/judgements").text


def test_without_a_session_there_is_no_page_and_no_answer(team: tuple[Room, int]) -> None:
    room, task = team
    outside = browser(room)
    for path in ("/", f"/tasks/{task}", "/account", "/team"):
        assert outside.get(path).headers["location"] == "/login"
    for path in ("/api/me", "/api/judgements", f"/api/tasks/{task}/last", "/api/openapi.json"):
        assert outside.get(path).status_code == 401
    assert outside.post(f"/api/tasks/{task}/cards", json={}).status_code == 401
    assert outside.post("/api/judgements", json={}).status_code == 401
    for path in ("/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert outside.get(path).status_code in (404, 405)
    forged = "WzEsMCwieCJd.abc.def"
    assert outside.get("/api/me", cookies={"trimtab_review": forged}).status_code == 401
    assert outside.get("/api/me", headers={"Authorization": "Bearer tt_guess"}).status_code == 401
    assert outside.get("/invitation/guess").status_code == 404


def test_no_response_to_a_reviewer_tells_a_source_an_order_or_what_others_said(team: tuple[Room, int]) -> None:
    room, task = team
    other, header = logged_in(room, "cy")
    for card in other.post(f"/api/tasks/{task}/cards", json={"count": 3}, headers=header).json()["cards"]:
        said = pair_said("A", why="cy's own words")
        other.post(
            "/api/judgements", json={"key": f"key-{card['id']}", "assignment": card["id"], "said": said}, headers=header
        )
    theirs = card["id"]
    client, header = logged_in(room, "bo")
    found = client.post(f"/api/tasks/{task}/cards", json={}, headers=header)
    mine = found.json()["cards"][0]["id"]
    judged = client.post(
        "/api/judgements", json={"key": "bo-key-1", "assignment": mine, "said": pair_said()}, headers=header
    )
    pages = [client.get(path) for path in ("/", f"/tasks/{task}", "/account", f"/api/tasks/{task}/last", "/api/me")]
    for response in (found, judged, *pages):
        assert response.status_code == 200
        for secret in ("before", "after", "secret-run", "order", "digest", "swapped", "cy", "own words", "source"):
            text = response.text.replace("kept before", "")
            assert secret not in re.sub(r'"(?:id|html)": ?"[^"]*"', "", text), (response.url, secret)
    assert {key for card in found.json()["cards"] for key in card} == {"id", "prompt", "answers", "blur"}
    stolen = {"key": "bo-key-2", "assignment": theirs, "said": pair_said()}
    assert client.post("/api/judgements", json=stolen, headers=header).status_code == 404
    for path in ("/team", "/api/judgements"):
        assert client.get(path).status_code == 403
    form = {"csrf": header["X-CSRF"], "role": "admin"}
    for path in ("/team/invite", "/team/1/change", "/team/items/1/release"):
        assert client.post(path, data=form).status_code == 403


def test_a_change_that_no_page_of_ours_asked_for_is_refused(team: tuple[Room, int]) -> None:
    room, task = team
    client, header = logged_in(room, "bo")
    path, body = f"/api/tasks/{task}/cards", {"count": 1}
    assert client.post(path, json=body).status_code == 403
    assert client.post(path, json=body, headers={"X-CSRF": "0" * 64}).status_code == 403
    assert client.post(path, json=body, headers=header | {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, json=body, headers=header | {"Origin": "http://e.vil"}).status_code == 403
    assert client.post("/logout", data={}).status_code == 403
    assert client.get("/", headers={"Host": "e.vil"}).status_code == 403  # a name that somebody pointed at this machine
    assert client.post(path, content=b"x" * (LARGEST_BODY + 1), headers=header).status_code == 413
    assert client.post(path, json=body, headers=header).status_code == 200


def test_every_response_keeps_scripts_and_frames_out(team: tuple[Room, int]) -> None:
    room, _ = team
    client, _ = logged_in(room, "ada")
    for path in ("/", "/team", "/account", "/nowhere", "/static/review.js", "/api/me", "/tasks/1"):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script(?![^>]*src=\"/static/)|style=|\son\w+=", response.text), path


def test_passwords_are_guessed_a_few_times_only_and_sessions_end(team: tuple[Room, int]) -> None:
    room, _ = team
    client, header = logged_in(room, "bo")
    kept = client.cookies["trimtab_review"]
    assert room.sessions.read(kept) is not None
    assert client.post("/logout", data={"csrf": header["X-CSRF"]}).status_code == 303
    assert room.sessions.read(kept) is None
    client, header = logged_in(room, "bo")
    cookie = client.cookies["trimtab_review"]
    ada, admin = logged_in(room, "ada")
    number = next(each.id for each in room.accounts.everybody() if each.name == "bo")
    shut = ada.post(f"/team/{number}/change", data={"csrf": admin["X-CSRF"], "active": "no"})
    assert shut.status_code == 303
    assert room.sessions.read(cookie) is None
    assert client.post("/login", data={"name": "bo", "password": PASSWORD}).status_code == 403
    for _ in range(5):
        status = client.post("/login", data={"name": "CY ", "password": "wrong"}).status_code
    assert status == 403
    refused = client.post("/login", data={"name": "cy", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "login refused" in ada.get("/team").text


def test_an_invitation_makes_one_account_and_a_token_is_its_owner(team: tuple[Room, int]) -> None:
    room, task = team
    ada, admin = logged_in(room, "ada")
    page = ada.post("/team/invite", data={"csrf": admin["X-CSRF"], "role": "lead"}).text
    link = re.search(r"http://testserver(/invitation/[\w-]+)", page)
    assert link is not None
    guest = browser(room)
    assert guest.post(link[1], data={"name": "dee", "password": "short"}).status_code == 400
    assert guest.post(link[1], data={"name": "BO", "password": PASSWORD}).status_code == 400  # the name is taken
    assert guest.post(link[1], data={"name": "dee", "password": PASSWORD}).status_code == 303
    assert guest.get("/team").status_code == 200
    assert guest.post(link[1], data={"name": "eve", "password": PASSWORD}).status_code == 400
    csrf = csrf_of(guest)
    told = guest.post("/account/tokens", data={"csrf": csrf, "label": "a script"}).text
    token = re.search(r"tt_[\w-]+", told)
    assert token is not None
    program = browser(room)
    bearer = {"Authorization": f"Bearer {token[0]}"}
    assert program.get("/api/me", headers=bearer).json() == {"name": "dee", "role": "lead"}
    assert program.post(f"/api/tasks/{task}/cards", json={"count": 1}, headers=bearer).status_code == 200
    stored = Path(str(room.database._engine.url.database)).read_bytes()
    assert token[0].encode() not in stored
    assert PASSWORD.encode() not in stored
    number = re.search(r"/account/tokens/(\d+)/revoke", told)
    assert number is not None
    guest.post(f"/account/tokens/{number[1]}/revoke", data={"csrf": csrf})
    assert program.get("/api/me", headers=bearer).status_code == 401


def test_nonsense_is_refused_in_words_and_never_a_fault_of_ours(local: tuple[Room, int]) -> None:
    room, task = local
    client = browser(room)
    header = {"X-CSRF": csrf_of(client)}
    card = client.post(f"/api/tasks/{task}/cards", json={"count": 1}, headers=header).json()["cards"][0]["id"]
    good = {"key": "k" * 8, "assignment": card, "said": pair_said()}
    for change in (
        {"key": "a\0b" * 4}, {"key": ""}, {"assignment": "x" * 9999}, {"said": None}, {"said": {"kind": "nothing"}},
        {"said": pair_said("C")}, {"shown_ms": -1}, {"shown_ms": 10**30}, {"client_when": "soon"}, {"more": 1},
        {"said": pair_said(why="\ud800")}, {"shown_ms": float("nan")},
    ):  # fmt: skip
        import json

        body = json.dumps(good | change)
        response = client.post("/api/judgements", content=body, headers=header | {"Content-Type": "application/json"})
        assert response.status_code == 422, change
        assert response.json()["detail"]
    for path in ("/tasks/0", "/tasks/99999999999999999999", "/tasks/x", "/tasks/9"):
        assert client.get(path).status_code in (404, 422)
    odd = good | {"client_when": "0001-01-01T00:00:00+14:00"}
    assert client.post("/api/judgements", json=odd, headers=header).status_code == 200


def test_held_back_items_are_shown_to_nobody_until_a_lead_says_so(tmp_path: Path) -> None:
    found = answers("Tea is a drink.", "I am Claude, and tea is a drink.")
    room, task = room_with(tmp_path / "r.db", found, make_task("thumb", "x"))
    client = browser(room)
    header = {"X-CSRF": csrf_of(client)}
    assert len(client.post(f"/api/tasks/{task}/cards", json={}, headers=header).json()["cards"]) == 1
    page = client.get("/team").text
    assert "says of itself" in page
    action = re.search(r"/team/items/\d+/release", page)
    assert action is not None
    client.post(action[0], data={"csrf": header["X-CSRF"]})
    assert len(client.post(f"/api/tasks/{task}/cards", json={}, headers=header).json()["cards"]) == 2
    assert "item released" in client.get("/team").text


def test_others_are_let_in_only_where_an_admin_has_a_password(local: tuple[Room, int]) -> None:
    room, _ = local
    check_place(room, Place())
    with pytest.raises(UserError, match="No admin has a password"):
        check_place(room, Place(host="0.0.0.0"))
    room.accounts.set_admin("ada", PASSWORD)
    check_place(room, Place(host="0.0.0.0"))
    assert browser(room).get("/").headers["location"] == "/login"  # and nobody comes in without one


def test_beside_flags_stand_the_policy_and_each_rule_with_its_reason_and_examples_on_both_sides(tmp_path: Path) -> None:
    told = {
        "why": "It <b>does</b> harm.",
        "examples": {
            "about": ["How much may I take?"],
            "beside": ["What is it made of?"],
            "good": [{"prompt": "And at night?", "answer": "Ask a pharmacist."}],
            "bad": ["Take as much as you like."],
        },
    }
    rule = {"id": "dose", "severity": "block", "text": "Name no dose.", **told}
    policy = Policy.model_validate({"name": "house", "preamble": "Of a help line.", "rules": [rule]})
    room, task = room_with(tmp_path / "r.db", answers("Two."), task=make_task("flag", "a file", policy=policy))
    page = browser(room).get(f"/tasks/{task}").text
    shown = page[page.index('id="guidelines"') : page.index("</aside>")]
    assert "It &lt;b&gt;does&lt;/b&gt; harm." in shown
    before = -1
    for words in ("Of a help line.", "block", "Breaks it", "as much as", "Keeps it", "at night", "pharmacist", "About:",
                  "How much may", "Not about:", "made of"):  # fmt: skip
        assert (before := shown.index(words, before + 1)) >= 0
