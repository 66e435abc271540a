"""The tasks of a room: what tells them apart, and what is said where there is none."""

from datetime import UTC, datetime
from typing import Any

from rooms import pairs
from sqlalchemy import update
from visiting import browser, logged_in

from trimtab.review import Plan, Room, api, forms, handing, make_task, open_task, pages, viewing
from trimtab.review.tables import TaskRow


def test_each_route_of_a_task_tells_alike_and_only_whom_it_is_for_that_there_is_none(
    team: tuple[Room, int],
) -> None:
    room, _ = team
    routes = [route for part in (api, pages, viewing, handing, forms) for route in part.router.routes]
    paths = {route.path.replace("{task}", "99") for route in routes if "{task}" in route.path}  # type: ignore[attr-defined]
    assert len(paths) >= 7
    (ada, lead), (bo, reviewer), outside = logged_in(room, "ada"), logged_in(room, "bo"), browser(room)
    for path in paths:
        how: dict[str, Any] = {"method": "POST", "json": {}} if path.endswith("/cards") else {"method": "GET"}
        found = ada.request(url=path, headers=lead, **how)
        assert (found.status_code, "There is no such task." in found.text) == (404, True), path
        for_leads = path.startswith("/team") or path.endswith("/files")
        assert bo.request(url=path, headers=reviewer, **how).status_code == (403 if for_leads else 404), path
        assert outside.request(url=path, **how).status_code == (401 if path.startswith("/api") else 303), path


def test_two_tasks_of_a_kind_are_told_apart_by_leads_and_by_reviewers_who_learn_no_source(
    team: tuple[Room, int],
) -> None:
    room, first = team
    made = {}
    for number, (origin, count) in enumerate((("other-run", 3), ("third-run", 1)), first + 1):
        assert open_task(room, make_task("pair", origin), Plan(), pairs(count), "sam").added.task_id == number
        with room.database.writing() as session:
            session.execute(
                update(TaskRow).where(TaskRow.id == number).values(made=datetime(2026, 11, number, tzinfo=UTC))
            )
        made[number] = f"{count} item{'' if count == 1 else 's'} · made on", f"2026-11-{number:02} at 00:00 UTC"
    (ada, _), (bo, _) = logged_in(room, "ada"), logged_in(room, "bo")
    for client, is_lead, path in ((ada, True, "/"), (ada, True, "/team"), (bo, False, "/")):
        page = client.get(path).text
        told = [each.split("</section>")[0] for each in page.split('<section class="task">')[1:]]
        assert len(told) == 3
        for number, words in made.items():
            for each in (f"Task {number} ", *words):
                assert each in told[number - 1], (path, each)
        for place, origin in enumerate(("secret-run-7b", "other-run", "third-run")):
            assert (f"Pairs of {origin}" in told[place]) == (origin in page) == is_lead
    for part in ("odds", "queue"):
        assert "Pairs of third-run (task 3)" in ada.get(f"/team/tasks/3/{part}").text
