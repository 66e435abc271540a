"""Comparisons that pay without help are found, whoever judged them; shorter answers that help are not."""

import json
import random
import re
from pathlib import Path

import numpy as np
import polars
import pytest
from faults import ANNOUNCEMENTS, FAULTS, echo

from made_comparisons import Row, answer, clean, prompt, some
from trimtab.audit import audit
from trimtab.audit.checks.empty import empty_chosen
from trimtab.audit.checks.gaming import rubric_gaming
from trimtab.audit.helping import Helped, at_equal_length, cut_short
from trimtab.audit.view import View
from trimtab.records import PromptPoints
from trimtab.scorers import Criterion, Points

PAID = ("on_topic", "warmth", "formality")
RUBRIC = tuple(
    Criterion.model_validate({"scorer": name, "weight": weight, **marks})
    for name, weight, marks in (
        ("on_topic", 3, {"zero_below": 0, "full_from": 0.6}),
        ("warmth", 1, {"zero_below": 0, "full_from": 0.6}),
        ("formality", 1, {"full_to": 0.05, "zero_above": 0.5}),
    )
)


def table(rows: list[Row]) -> polars.DataFrame:
    return polars.DataFrame([{name: row[name] for name in ("id", "prompt", "chosen", "rejected")} for row in rows])


def echoes(seed: int, share: float = 0.6, n: int = 200) -> list[Row]:
    return some(clean(seed, n), share, echo)


def shorter_first(rng: random.Random, row: Row) -> None:
    row["chosen"], row["rejected"] = sorted((row["chosen"], row["rejected"]), key=len)


@pytest.mark.parametrize("text", [*ANNOUNCEMENTS, "Sure! I'd be happy to help you plan your garden.", "", "Steps:\n\n"])
def test_an_answer_that_announces_what_does_not_come_is_cut_short(text: str) -> None:
    assert cut_short(text)


@pytest.mark.parametrize(
    "text",
    [
        "Boil the eggs for six minutes, then put them into cold water.",
        "Here are some tips: sleep early, drink water, and walk a little every day.\nThat helps most people.",
        "Let's meet at six.",
        "I can't come on Monday.",
        "Here is a step that works: repair the handle. Then paint the fence. Then let it dry.",
    ],
)
def test_an_answer_with_content_is_not(text: str) -> None:
    assert not cut_short(text)


def test_the_criterion_that_pays_most_for_echoes_is_named(tmp_path: Path) -> None:
    found = audit(table(echoes(1)), rubric=RUBRIC).findings
    assert found[0].id == "rubric-gaming"
    assert found[0].severity == "warn"
    assert found[0].about[0] == "on_topic"
    assert set(found[0].about) <= set(PAID)
    assert "on_topic pays most for it" in found[0].summary


def test_what_the_judge_noted_is_taken_where_it_cannot_be_computed_again() -> None:
    rows = echoes(2, n=120)
    judge = Criterion.model_validate(
        {"scorer": {"judge": "m", "url": "http://x"}, "weight": 1, "zero_below": 0, "full_from": 1}
    )
    name = judge.scorer.name
    liked = [{name: (0.9 if row["chosen"] != clean(2, 120)[i]["chosen"] else 0.5, 0.4)} for i, row in enumerate(rows)]
    one = rubric_gaming(View(table(rows), rubric=(judge,), scores=liked))
    assert one is not None
    assert one.finding.about == (name,)
    disliked = [{name: (b, a)} for row in liked for a, b in row.values()]
    assert rubric_gaming(View(table(rows), rubric=(judge,), scores=disliked)) is None  # it did not pay for this
    assert rubric_gaming(View(table(rows), rubric=(judge,))) is None  # nothing is known of what it paid


def test_without_a_rubric_what_the_preference_goes_with_is_named() -> None:
    one = rubric_gaming(View(table(echoes(3))))
    assert one is not None
    assert any(name in {"more on_topic", "more warmth", "more friendliness"} for name in one.finding.about)
    assert not any(name.endswith((" words", " sentence_length")) for name in one.finding.about)
    behind = {int(row) for row in one.behind}
    gamed = {i for i, (old, new) in enumerate(zip(clean(3, 200), echoes(3), strict=True)) if old != new}
    assert len(behind & gamed) >= 0.9 * len(gamed)


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_shorter_answers_that_help_are_no_gaming(seed: int) -> None:
    view = View(table(some(clean(seed, 200, quality=seed / 5), 1.0, shorter_first)))
    assert [one for check in (rubric_gaming, empty_chosen) if (one := check(view)) is not None] == []


def test_false_alarms_stay_at_their_level() -> None:
    """Of 120 pairs, measured once, the one or the other side is preferred by coins, again and again."""
    rows = clean(300, 120, quality=0.5)
    seen, alarms = View(table(rows)).helped, 0
    assert len(seen.rows) == len(rows)
    for seed in range(100):
        turned = np.random.default_rng(seed).random(len(rows)) < 0.5
        sides = [
            {**row, "chosen": row["rejected"], "rejected": row["chosen"]} if turn else row
            for row, turn in zip(rows, turned, strict=True)
        ]
        view = View(table(sides), rubric=RUBRIC)
        view.__dict__["helped"] = Helped(
            seen.rows,
            seen.asked,
            (view.text("chosen"), view.text("rejected")),
            {name: np.where(turned, values[::-1], values) for name, values in seen.values.items()},
            np.where(turned, seen.nothing[::-1], seen.nothing),
        )
        alarms += rubric_gaming(view) is not None
        alarms += empty_chosen(view) is not None
    assert alarms <= 3


def test_echoes_on_the_rejected_side_are_what_data_is_for() -> None:
    rows = [{**row, "chosen": row["rejected"], "rejected": row["chosen"]} for row in echoes(4)]
    for check in (rubric_gaming, empty_chosen):
        assert check(View(table(rows), rubric=RUBRIC)) is None


def test_refusals_and_prompts_that_are_to_be_declined_are_another_finding() -> None:
    rows = FAULTS["refusals"][1](5, 2.0)
    view = View(table(rows))
    assert len(view.helped.rows) < len(rows)
    assert rubric_gaming(view) is None
    harmful = [{**row, "prompt": f"How do I build a bomb {i}?"} for i, row in enumerate(echoes(6))]
    assert len(View(table(harmful)).helped.rows) == 0
    assert empty_chosen(View(table(harmful))) is None


def test_a_side_that_makes_fewer_points_says_less() -> None:
    rng = random.Random(7)
    rows = [
        {"id": f"p{i}", "prompt": prompt(rng) + f" ({i})", "chosen": answer(rng), "rejected": answer(rng)}
        for i in range(120)
    ]
    told = [
        PromptPoints.model_validate(
            {"id": row["id"], "prompt": row["prompt"], "points": [{"ways": ["call plumber"], "needed": True}]}
        )
        for row in rows
    ]
    for row in rows:
        row["rejected"] += " Call a plumber about it."
    assert empty_chosen(View(table(rows))) is None
    one = empty_chosen(View(table(rows), points=Points(told)))
    assert one is not None
    assert one.finding.figure == 1.0
    fewer = re.search(r"(\d+) make fewer of the points", one.finding.summary)
    assert fewer is not None
    assert int(fewer[1]) >= 110


def test_a_change_that_goes_with_length_is_none_at_equal_length() -> None:
    rng = np.random.default_rng(0)
    longer = rng.normal(-0.5, 0.4, 400)
    by_length = 0.3 * longer + rng.normal(0, 0.1, 400)
    found = at_equal_length(by_length, longer, 0.95)
    assert found.low < 0 < found.high
    assert by_length.mean() < -0.1
    moved = at_equal_length(by_length - 0.2, longer, 0.95)
    assert moved.estimate == pytest.approx(found.estimate - 0.2)
    alike = at_equal_length(np.array([1.0, 2.0, 3.0]), np.zeros(3), 0.95)
    assert (alike.estimate, alike.low) == (pytest.approx(2.0), pytest.approx(2 - 4.302653 / 3**0.5))  # Student's t


def test_the_run_hands_its_rubric_and_scores_over(tmp_path: Path) -> None:
    from tiny import tiny_spec
    from trimtab.loop.auditing import audit_run
    from trimtab.records import Comparison, Message, Provenance
    from trimtab.spec import load_spec

    sample = {"samples_per_prompt": 2, "rubric": [json.loads(each.to_json()) for each in RUBRIC]}
    loaded = load_spec(tiny_spec(tmp_path, feedback={"sample": sample}))
    rows = [
        Comparison(
            id=row["id"],
            prompt=(Message(role="user", content=row["prompt"]),),
            chosen=(Message(role="assistant", content=row["chosen"]),),
            rejected=(Message(role="assistant", content=row["rejected"]),),
            provenance=Provenance(source="m", judge="rubric", why="w", scores={"on_topic": (0.9, 0.1)}),
        )
        for row in echoes(8)
    ]
    found = audit_run(rows, loaded, lambda check, done, of: None).findings
    one = next(each for each in found if each.id == "rubric-gaming")
    assert "on_topic +0.50" in one.summary  # full marks less a sixth of them, at three fifths of the weights
