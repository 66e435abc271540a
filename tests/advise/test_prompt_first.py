"""Where a goal is one of manner a prompt is to be tried first, with what it costs and when training would pay."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from tiny import tiny_spec
from trimtab.advise import decide, of_manner, read_case, sources
from trimtab.records import Case, PromptFirst
from trimtab.spec import load_spec

SYSTEM = "Answer in one short line, and then stop."


def first(case: Case) -> PromptFirst | None:
    return decide(case).prompt_first


@pytest.mark.parametrize(
    ("goal", "manner"),
    [
        ("Answers are concise and friendly.", True),
        ("A formal tone, in at most three sentences.", True),
        ("Replies in JSON.", True),
        ("Refuses requests for weapons.", False),
        ("Knows our product's prices.", False),
        ("Solves equations.", False),
    ],
)
def test_goals_of_manner_are_heard(goal: str, manner: bool) -> None:
    assert of_manner(goal) is manner


def read(folder: Path, *rubric: tuple[str, float], gates: list[dict[str, Any]], goal: str = "g", **more: Any) -> Case:
    path = tiny_spec(folder, goal=goal, gates=gates, **more)
    text = load_spec(path, [f"feedback.sample.rubric={json.dumps([_criterion(*each) for each in rubric])}"])
    return read_case(text).case


def _criterion(scorer: str, weight: float) -> dict[str, Any]:
    return {"scorer": scorer, "weight": weight, "zero_below": 0, "full_from": 1}


REFUSED = [{"metric": "style.repetition", "no_worse_by": 0.1}]
SHORT = [{"metric": "style.words", "at_most": 60}, *REFUSED]


def test_a_specs_goal_is_read_off_its_rubric_and_its_gates(tmp_path: Path) -> None:
    style, other = ("warmth", 1.0), ("refusal", 2.0)
    assert read(tmp_path, style, gates=REFUSED).manner is True
    assert read(tmp_path, style, other, gates=REFUSED).manner is False
    assert read(tmp_path, style, other, gates=SHORT).manner is True
    assert read(tmp_path, other, gates=REFUSED, goal="Be brief.").manner is False  # what is paid for decides
    assert read(tmp_path, ("on_topic", 1.0), gates=REFUSED).manner is False  # what is said, and not how


def test_the_advice_has_the_message_its_cost_and_when_training_pays() -> None:
    case = Case(comparisons=500, prompts=500, goal="Answer briefly.", manner=True, requests=20_000)
    told = first(case)
    assert told is not None
    assert "Answer briefly" in told.system
    assert told.source == sources.ASKELL_PROMPT
    seen, saved, held = told.would_pay
    assert "argue" in seen
    assert f"{20_000 * told.tokens:,} a day" in saved
    assert f"{20_000 * told.tokens * 365 / 1e6:,.1f} million a year" in saved
    assert "better_than: baseline" in held
    own = first(case.model_copy(update={"system": SYSTEM}))
    assert own is not None
    assert (own.system, own.tokens) == (SYSTEM, 10)


@pytest.mark.parametrize("changed", [{"manner": False}, {"manner": None}, {"goal": None}])
def test_there_is_none_where_a_prompt_is_no_answer(changed: dict[str, Any]) -> None:
    case = Case(comparisons=500, prompts=500, goal="Answer briefly.", manner=True).model_copy(update=changed)
    assert first(case) is None
    assert decide(case).method == "dpo"  # the method is the same with it and without


def test_the_verb_says_it_first_and_prints_a_block_to_paste(tmp_path: Path) -> None:
    rows = [{"prompt": f"ask {i}", "chosen": "yes", "rejected": "no"} for i in range(300)]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    plain = trimtab("advise", "data.jsonl", cwd=tmp_path)
    assert plain.stdout.startswith("method: dpo")
    told = trimtab("advise", "data.jsonl", "--goal", SYSTEM, "--requests", "5000", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("try this prompt first")
    assert "baseline:\n  system: " in told.stdout
    assert "at 5,000 requests a day" in told.stdout
    assert "method: dpo" in told.stdout
    found = json.loads(trimtab("advise", "data.jsonl", "--goal", SYSTEM, "--json", cwd=tmp_path).stdout)
    assert SYSTEM.rstrip(".") in found["prompt_first"]["system"]
    assert found["method"] == "dpo"
    other = json.loads(trimtab("advise", "data.jsonl", "--goal", "Knows our prices.", "--json", cwd=tmp_path).stdout)
    assert other["prompt_first"] is None
