"""What a run knows of its answers decides what comes first, and no reviewer is told of it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rooms import PASSWORD, answers, judge, pairs, people, room_with

from cli_runner import trimtab
from trimtab.loop import hinted_by_runs
from trimtab.policy import margins
from trimtab.records import (
    Answer,
    Comparison,
    Evaluation,
    GateResult,
    Measure,
    Message,
    Policy,
    Prompt,
    Ranking,
    Verdict,
    to_jsonl,
)  # fmt: skip
from trimtab.review import (
    Gathered,
    Hint,
    NewItem,
    Plan,
    hinted_by_rules,
    make_task,
    open_database,
    read_items,
)
from trimtab.review.app import create_app
from trimtab.review.assign import hand_out
from trimtab.review.hints import judge_right
from trimtab.review.ordering import put_in_order, what_comes_next
from trimtab.store import FileName, Run

BY_WORTH = Plan(per_item=3, repeat=0, by_chance=0)
PROMPTS = [Prompt(id=f"p{n}", messages=(Message(role="user", content=f"Question {n}?"),)) for n in range(6)]
WARM = {
    "name": "cool",
    "rules": [
        {"id": "warm", "text": "Be cool.", "requires": "avoid", "checks": [{"scorer": "warmth", "at_least": 0.45}]},
        {"id": "read", "text": "Somebody has to read it.", "requires": "avoid"},
        {
            "id": "cats", "text": "No cats.", "when": ["cat"], "requires": "avoid", "checks": [{"contains": "purr"}]
        },
    ],
}  # fmt: skip
COOL, NEAR, HOT = "It is a leaf. It grows on a bush.", "Great! It is a leaf.", "Great! Thanks for asking! Good luck!"
FINNISH = "Se on lehti, joka kasvaa pensaassa, ja sitä juodaan kuumana."


def hinted(found: Gathered, hint: Callable[[int], Hint | None]) -> Gathered:
    items = (NewItem(each.prompt, each.sides, hint=hint(number)) for number, each in enumerate(found.items))
    return Gathered(found.title, tuple(items), {}, found.names)


def order_of(place: Path, task: int) -> list[tuple[int, str]]:
    """The numbers of the items as they would be put in order now, each with the reason."""
    database = open_database(str(place))
    with database.reading() as session:
        order, count = what_comes_next(session, task, 50)
    database.close()
    assert len(order) == min(count, 50)
    return [(number, each.why) for number, each in order]


def test_a_judge_at_odds_with_people_comes_before_one_that_agrees(tmp_path: Path) -> None:
    """All reviewers say the same of all items; of one the judge says the opposite, and it is handed out first."""
    place = tmp_path / "r.db"
    found = hinted(pairs(60), lambda n: Hint(judge="first" if n == 4 else "second"))
    room, task = room_with(place, found, plan=BY_WORTH)
    judge(place, "ann", [{"kind": "pair", "choice": "second"}] * 20)
    judge(place, "ann", [{"kind": "pair", "choice": "second"}] * 20)
    judge(place, "ann", [{"kind": "pair", "choice": "second"}] * 20)
    (number, why), (_, next_why), *_ = order_of(place, task)
    assert (number, why) == (5, "The judge says first and reviewers second.")
    assert "judge says" not in next_why
    card = hand_out(room.database, room.secret, people(room, "bo")[0], task, 1).cards[0]
    assert "Question 4?" in card.prompt[0].html
    room.database.close()


def test_how_often_a_judge_is_right_is_learnt_from_people() -> None:
    """A tie among people tells nothing of it; few items move it little, many far."""
    assert judge_right([]) == judge_right([("first", ("first", "second"))]) == pytest.approx(0.8)
    assert judge_right([("first", ("first",))] * 10) == pytest.approx(0.9)
    assert judge_right([("first", ("second", "second"))] * 1000) == 0.05


def test_a_rule_near_its_threshold_or_not_judging_comes_before_one_that_is_sure(tmp_path: Path) -> None:
    policy = Policy.model_validate(WARM)
    found = hinted_by_rules(answers(COOL, NEAR, HOT, FINNISH), policy)
    told = [each.hint for each in found.items if each.hint is not None]
    assert [(hint.rule, round(hint.broken or 0, 2)) for hint in told] == [
        ("warm", 0.05), ("warm", 0.54), ("warm", 0.95), ("warm", 0.5),
    ]  # fmt: skip
    assert "Finnish" in told[3].unsure
    assert not any(hint.unsure for hint in told[:3])
    place = tmp_path / "r.db"
    room, task = room_with(place, found, make_task("flag", "t", policy=policy), BY_WORTH)
    room.database.close()
    order = order_of(place, task)
    assert [number for number, _ in order[:2]] == [4, 2]
    assert "the policy rule warm is unsure (not judged: in Finnish" in order[0][1].replace("The", "the")
    assert "is unsure (54% for flagged)" in order[1][1]
    assert not any("unsure" in why for _, why in order[2:])


def test_a_pattern_that_fires_is_sure_however_near_a_scorer_is() -> None:
    checks = [{"scorer": "warmth", "at_least": 0.45}, {"contains": "leaf"}]
    policy = Policy.model_validate({"name": "p", "rules": [{**WARM["rules"][0], "checks": checks}]})  # type: ignore[dict-item]
    (sure,) = margins(policy, policy.rules[0], [("What is it?", NEAR)])
    (kept,) = margins(policy, policy.rules[0], [("What is it?", "It is a bush. Great!")])
    assert sure is not None
    assert (sure.broken, sure.by) == (True, 1.0)
    assert kept is not None
    assert (kept.broken, round(kept.by, 2)) == (True, 0.09)
    about = Policy.model_validate(WARM).rule("cats")
    assert margins(Policy.model_validate(WARM), about, [("What is it?", "purr")]) == [None]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose judges ranked answers to one prompt and compared those to two, and whose gates are undecided."""
    folder = tmp_path / "r-7b"
    told = {"source": "s", "judge": "rubric", "why": "shorter"}
    said = {n: [(Message(role="assistant", content=f"{which} says {n}"),) for which in "ab"] for n in range(6)}

    def row(number: int, **more: Any) -> dict[str, Any]:
        return {"id": f"p{number}", "prompt": PROMPTS[number].messages, "provenance": told, **more}

    ranked = Ranking.model_validate(row(0, completions=said[0], ranks=(1, 2)))
    tied = Ranking.model_validate(row(2, completions=said[2], ranks=(1, 1)))
    better = Comparison.model_validate(
        row(1, chosen=said[1][1], rejected=said[1][0], chosen_model="m", rejected_model="m")
    )
    values = (0.0, None, 1.0, None, 0.0, 1.0)
    measure = Measure(
        metric="policy.warm", over="heldout", better="lower", unit="share", title="Rule warm broken", values=values,
        mean=0.5, low=0.2, high=0.8, n=4, unjudged={"not judged": (3,)},
    )  # fmt: skip
    ids = tuple(each.id for each in PROMPTS)
    after = Evaluation(model="m", fingerprint={}, items={"heldout": ids}, measures=(measure,))
    gates = tuple(gate(name, **more) for name, more in GATES.items())
    with Run.open(folder, name="r-7b", goal="g", spec={"model": {"name": "m"}}, spec_folder=tmp_path) as opened:
        for name, files in {
            "feedback.judge": {FileName.RANKINGS: to_jsonl([ranked])},
            "feedback.constitution": {FileName.COMPARISONS: to_jsonl([better]), FileName.TIES: to_jsonl([tied])},
            "evaluate.before": {FileName.PROMPTS: to_jsonl(PROMPTS), FileName.ANSWERS: to_jsonl(said_by("before"))},
            "evaluate.after": {
                FileName.PROMPTS: to_jsonl(PROMPTS),
                FileName.ANSWERS: to_jsonl(said_by("after")),
                FileName.EVALUATION: after.to_json(),
            },
            "gate": {FileName.VERDICT: Verdict(verdict="undecided", confidence=0.95, gates=gates).to_json()},
        }.items():
            stage = opened.stage(name, settings={}, inputs={})
            stage.begin()
            for file, text in files.items():
                stage.write(file, text)
            stage.finish(0.0)
    return folder


GATES: dict[str, dict[str, Any]] = {
    "policy.warm": {"limit": 0.5, "figure": 0.5 + 0.3 / 1.6448536269514722},  # one standard error from its line
    "people.preferred": {"limit": 0.5, "figure": 0.5 + 0.6 / 1.6448536269514722},  # two
    "help.helps": {"limit": 0.5, "figure": 0.5, "verdict": "pass"},
}


def gate(metric: str, *, limit: float, figure: float, verdict: Any = "undecided") -> GateResult:
    return GateResult(
        metric=metric, rule="r", verdict=verdict, figure=figure, low=figure - 0.3, high=figure + 0.3, limit=limit,
        n=4, needed_n=None, summary="s",
    )  # fmt: skip


def said_by(which: str) -> list[Answer]:
    return [
        Answer(prompt_id=each.id, index=0, text=f"{which} says {n}", tokens=3, ended=True)
        for n, each in enumerate(PROMPTS)
    ]


def test_a_runs_gates_count_the_answers_that_they_are_over(run: Path) -> None:
    task = make_task("pair", "r-7b")
    found = hinted_by_runs([str(run)], task, read_items([str(run)], 2))
    hints = [each.hint for each in found.items]
    told = [(hint.gate, round(hint.gap, 3)) for hint in hints if hint is not None]
    # of item 1 the rule is not about its prompt; item 3 it could not judge, which a gate takes at its worst
    assert told == [
        ("policy.warm", 1.0), ("people.preferred", 2.0), ("policy.warm", 1.0), ("policy.warm", 0.0),
        ("policy.warm", 1.0), ("policy.warm", 1.0),
    ]  # fmt: skip
    thumbs = hinted_by_runs([f"{run}:after"], make_task("thumb", "r-7b"), read_items([f"{run}:after"], 1))
    assert [bool(each.hint and each.hint.gate) for each in thumbs.items] == [True, False, True, True, True, True]


def test_judges_of_the_feedback_tell_which_they_preferred(run: Path, tmp_path: Path) -> None:
    rows = [
        {"prompt": f"Question {n}?", "response": f"{which} says {n}"} for n in (0, 1, 2, 3) for which in "ab"
    ]  # fmt: skip
    sides = []
    for which in range(2):
        path = tmp_path / f"{which}.jsonl"
        path.write_text("".join(f"{json_of(each)}\n" for each in rows[which::2]))
        sides.append(str(path))
    found = read_items(sides, 2)
    assert [each.hint for each in hinted_by_runs(sides, make_task("pair", "t"), found).items] == [None] * 4
    told = hinted_by_runs([*sides, str(run)], make_task("pair", "t"), found)
    assert [each.hint.judge if each.hint else None for each in told.items] == ["first", "second", "tie", None]


def json_of(value: Any) -> str:
    import json

    return json.dumps(value)


def test_the_command_fills_the_queue_and_what_is_learnt_later_changes_it(run: Path, tmp_path: Path) -> None:
    room = tmp_path / "room.db"
    given = ("review", str(run), "--room", str(room), "--fill-only", "--per-item", "3")
    done = trimtab(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    near = "he gate policy.warm is undecided, 1.0 standard errors from its line"
    assert sum(near in why for _, why in order_of(room, 1)) >= 3  # of four; one of six places is chance's
    database = open_database(str(room))
    assert put_in_order(database, 1)
    assert not put_in_order(database, 1)
    verdict = next((run / "stages" / "gate").glob("*/verdict.json"))
    passed = Verdict.from_json(verdict.read_bytes())
    gates = tuple(each.model_copy(update={"verdict": "pass"}) for each in passed.gates)
    verdict.write_text(passed.model_copy(update={"gates": gates}).to_json())
    assert trimtab(*given, cwd=tmp_path).returncode == 0
    assert put_in_order(database, 1)  # the gates have passed, so that all are worth the same
    assert not any("gate" in why for _, why in order_of(room, 1))
    database.close()


def test_no_response_to_a_reviewer_tells_what_a_run_knows(tmp_path: Path) -> None:
    hint = Hint(judge="first", rule="rule-quokka", broken=0.511, unsure="unsure-quokka", gate="gate-quokka", gap=0.321)
    room, task = room_with(tmp_path / "r.db", hinted(pairs(3), lambda _: hint), plan=BY_WORTH)
    ada = room.accounts.set_admin("ada", PASSWORD)
    secrets = re.compile(r"quokka|0\.511|0\.321|judge says", re.IGNORECASE)
    for name, sees in (("bo", False), ("lee", True)):
        who = room.accounts.accept(room.accounts.invite(ada, "lead" if sees else "reviewer"), name, PASSWORD)
        cookie, visit = room.sessions.begin(who)
        client = TestClient(create_app(room), cookies={"trimtab_review": cookie}, base_url="http://127.0.0.1")
        header = {"X-CSRF": room.sessions.csrf(visit)}
        cards = client.post(f"/api/tasks/{task}/cards", json={}, headers=header)
        entry = {"key": f"key-of-{who.name}", "assignment": cards.json()["cards"][0]["id"]}
        judged = client.post("/api/judgements", json=entry | {"said": {"kind": "pair", "choice": "A"}}, headers=header)
        pages = [client.get(path) for path in ("/", f"/tasks/{task}", f"/api/tasks/{task}/last", "/api/openapi.json")]
        for response in (cards, judged, *pages):
            assert response.status_code == 200
            assert not secrets.search(response.text), response.url
        queue = client.get(f"/team/tasks/{task}/queue")
        assert queue.status_code == (200 if sees else 403)
        # of a pair no rule speaks
        assert ("gate-quokka" in queue.text, "rule-quokka" in queue.text) == (sees, False)
    assert client.get("/team/tasks/99/queue").status_code == 404
    room.database.close()
