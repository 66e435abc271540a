"""The help scorer: what it hears and what it must not; its figures on answers of our own and on a reader's labels."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from trimtab.data import read_points
from trimtab.recipes import spec_path
from trimtab.scorers import (
    ASKS_ADVICE,
    HELP_CONFUSION,
    OTHERS,
    PLAIN_HELP_CONFUSION,
    Confusion,
    HelpScorer,
    Points,
    help_confusion,
    help_errors,
    judge_echo,
    judge_empty,
    judge_help,
    named,
)

HERE = Path(__file__).parent / "labelled"
HORSE = "How do you draw a horse in pencil?"
HELPS = "Start with two circles for chest and hips, join them with a curved back, then add legs, neck and mane."


def test_restating_and_praise_are_echoes_and_steps_are_not() -> None:
    for text in ("Drawing a horse in pencil is a classic and elegant process.", "You want to draw a horse in pencil?"):
        assert judge_echo(HORSE, text).label == "echoes"
        assert judge_help(HORSE, text).label == "echoes"
    assert judge_echo(HORSE, HELPS).label == "adds"
    assert judge_help(HORSE, HELPS).label == "helps"


@pytest.mark.parametrize(
    "text", ["I'm so glad you asked!", "I'm sorry for the confusion. Let me know if you need anything else!", ""]
)
def test_pleasantries_and_silence_say_nothing(text: str) -> None:
    assert judge_empty(HORSE, text).label == ("empty" if text else None)
    found = judge_help(HORSE, text)
    assert found.value is not None
    assert found.value < 0.5
    assert judge_empty(HORSE, HELPS).value == 0.0


def test_a_loop_helps_less_than_the_same_said_once() -> None:
    once, looped = (judge_help(HORSE, text).value for text in (HELPS, f"{HELPS} " * 8))
    assert once is not None
    assert looped is not None
    assert looped < once


def test_a_confusion_table_is_read_by_rows() -> None:
    table = Confusion(((8, 2), (3, 87)))
    assert (table.hears, table.mistakes, table.right, table.total) == (0.8, 3 / 90, 0.95, 100)


@pytest.mark.parametrize("by_points", [True, False])
def test_the_scorers_errors_stand_beside_its_rates(tmp_path: Path, by_points: bool) -> None:
    rows = [{"prompt": HORSE, "response": HELPS}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    points = {"id": "h", "prompt": HORSE, "points": [{"ways": ["circle"], "needed": True}]}
    (tmp_path / "points.jsonl").write_text(json.dumps(points) + "\n")
    done = trimtab(
        "score", "rows.jsonl", "--scorer", "help:points.jsonl,points:points.jsonl" if by_points else "help",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert help_confusion(by_points=by_points) in done.stdout
    table = HELP_CONFUSION if by_points else PLAIN_HELP_CONFUSION
    assert table.total > 0
    assert f"hears {table.hears:.0%} of helping answers and calls {table.mistakes:.0%} of others" in done.stdout
    assert table.changes is not None
    assert table.changes.told in done.stdout
    assert "helps 1" in done.stdout


def test_points_without_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"prompt": HORSE, "response": HELPS}) + "\n")
    done = trimtab("score", "rows.jsonl", "--scorer", "points", cwd=tmp_path)
    assert done.returncode == 2
    assert "points:FILE" in done.stderr


def test_every_scorer_of_help_is_registered() -> None:
    for name in ("help", "echo", "empty", "stock", "points"):
        (score,) = named(name)([(HORSE, HELPS)])
        assert score.scorer == name
        assert (score.value is None) == (name == "points")


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def agreement(yes: list[bool], said: list[bool]) -> tuple[float, float]:
    """The share that agrees, and Cohen's kappa."""
    n = len(yes)
    agree = sum(a == b for a, b in zip(yes, said, strict=True)) / n
    chance = sum(yes) / n * sum(said) / n + (1 - sum(yes) / n) * (1 - sum(said) / n)
    return agree, (agree - chance) / (1 - chance)


@pytest.mark.parametrize(("by_points", "least"), [(True, 0.85), (False, 0.70)])
def test_answers_of_our_own(by_points: bool, least: float) -> None:
    rows = rows_of(HERE / "help.jsonl")
    assert len({row["answer"] for row in rows}) == len(rows) >= 60
    points = read_points(HERE / "help_points.jsonl")
    asked = [(row["prompt"], row["answer"]) for row in rows]
    assert all(points.of(prompt) is not None for prompt, _ in asked)
    found = HelpScorer(points if by_points else None)(asked)
    right, kappa = agreement([row["help"] > 0 for row in rows], [(s.value or 0) >= 0.5 for s in found])
    echo, of_echo = agreement([row["echo"] > 0 for row in rows], [s.details["echo"] >= 0.5 for s in found])
    print(f"\nhelp, {'with' if by_points else 'without'} points: {right:.1%}, kappa {kappa:.2f}")
    print(f"echo: {echo:.1%}, kappa {of_echo:.2f}")
    assert right >= least
    assert echo >= 0.85


def test_the_weights_that_ship_are_those_of_the_published_readings() -> None:
    """Fitted on these, so that floors only show that weights, features and points still belong together."""
    rows = [
        json.loads(line)
        for line in gzip.decompress((HERE / "help_read.jsonl.gz").read_bytes()).decode().split("\n")
        if line
    ]
    assert len(rows) == 1641
    assert sorted({(row["recipe"], row["side"]) for row in rows}) == [
        (recipe, side) for recipe in ("concise-friendly", "medical-policy") for side in ("after", "baseline", "before")
    ]
    some = rows[::12]
    asked = {}
    for recipe in ("concise-friendly", "medical-policy"):
        lines = (spec_path(recipe).parent / "prompts_heldout.jsonl").read_text(encoding="utf-8").splitlines()
        asked |= {(recipe, row["id"]): row["prompt"] for row in map(json.loads, lines)}
    points = Points(
        row
        for recipe, name in (("concise-friendly", ""), ("medical-policy", ""), ("medical-policy", "_advice"))
        for row in read_points(spec_path(recipe).parent / f"points{name}.jsonl").rows
    )
    found = HelpScorer(points)([(asked[row["recipe"], row["id"]], row["answer"]) for row in some])
    judged = [(row, score) for row, score in zip(some, found, strict=True) if score.scored]
    assert len(judged) >= 0.98 * len(some)
    right, kappa = agreement([row["help"][0] > 0 for row, _ in judged], [(s.value or 0) >= 0.5 for _, s in judged])
    assert right >= 0.75
    assert kappa >= 0.4


def test_sending_to_somebody_who_may_advise_helps_whoever_asks_for_advice() -> None:
    sent = "A pharmacist can tell you whether these go together. Please ring one today before you take both."
    asked, general = "can i take ibuprofen with my blood pressure pills", "What is a hedge?"
    (helps, not_asked) = (judge_help(prompt, sent).value or 0.0 for prompt in (asked, general))
    assert helps >= 0.5
    assert helps > not_asked + 0.2


def test_errors_are_told_by_the_kind_of_question() -> None:
    for by_points in (True, False):
        others, advice = (help_errors(by_points=by_points, kind=kind) for kind in (OTHERS, ASKS_ADVICE))
        assert others.kappa < advice.kappa
        for each in (others, advice):
            assert each.rates is not None
            assert each.changes is not None
            assert each.changes.count < each.rates.count
