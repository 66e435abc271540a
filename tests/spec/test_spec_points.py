"""Points in a spec: read and checked with it, meant by the bare names, and what a gate on them needs."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from trimtab.errors import UserError
from trimtab.judges import open_scorers
from trimtab.records import ScorerRef
from trimtab.spec import LoadedSpec, load_spec

PROMPTS = {"train": "t.jsonl", "heldout": "h.jsonl"}
POINTS = {"id": "h", "prompt": "What is seven times eight?", "points": [{"ways": ["56"], "needed": True}]}


def loaded(folder: Path, *, points: str | None = "p.jsonl", scorer: Any = "words", gate: str = "kl.per_token",
           rows: tuple[Any, ...] = (POINTS,)) -> LoadedSpec:  # fmt: skip
    for name, text in (("t", "Hello there"), ("h", "What is  seven times eight?")):
        (folder / f"{name}.jsonl").write_text(json.dumps({"id": name, "prompt": text}) + "\n")
    (folder / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    spec = {
        "name": "s",
        "goal": "g",
        "model": {"name": "m"},
        "prompts": {**PROMPTS, **({"points": points} if points else {})},
        "feedback": {"sample": {"rubric": [{"scorer": scorer, "weight": 1, "zero_below": 0, "full_from": 1}]}},
        "gates": [{"metric": gate, "at_most": 1}],
    }
    (folder / "s.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    return load_spec(folder / "s.yaml")


@pytest.mark.parametrize("scorer", ["points", "help", {"points": "p.jsonl"}, {"help": "p.jsonl"}, "points:p.jsonl"])
def test_a_rubric_judges_by_points(tmp_path: Path, scorer: Any) -> None:
    found = loaded(tmp_path, scorer=scorer)
    assert found.spec.feedback.sample is not None
    (criterion,) = found.spec.feedback.sample.rubric
    assert found.points is not None
    opened = open_scorers([criterion.scorer], path=found.path, points=found.points)[criterion.scorer]
    assert found.points.version in opened.version
    right, wrong = (opened([("What is seven times eight?", text)])[0].value for text in ("It is 56.", "It is odd."))
    assert right is not None
    assert wrong is not None
    assert right > wrong


def test_the_written_form_comes_back() -> None:
    for given in ("points", "help", {"points": "a.jsonl"}, {"help": "a.jsonl"}):
        ref = ScorerRef.model_validate(given)
        assert ScorerRef.model_validate(ref.model_dump(mode="json")) == ref
        assert ref.by_points
    assert ScorerRef.model_validate({"help": "a.jsonl"}).name == "help:a.jsonl"


def test_a_gate_on_points_needs_them(tmp_path: Path) -> None:
    assert loaded(tmp_path, gate="help.points").benchmarks[0].metric("help.points") is not None
    with pytest.raises(UserError, match=r"line \d+: a gate looks at help.points") as raised:
        loaded(tmp_path, points=None, gate="help.points")
    assert "`prompts.points`" in raised.value.fix
    assert loaded(tmp_path, points=None, gate="help.helps").points is None


def test_points_without_any_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line \d+.*'points'") as raised:
        loaded(tmp_path, points=None, scorer="points")
    assert "prompts.points" in raised.value.fix
    with pytest.raises(UserError, match=r"no\.jsonl") as raised:
        loaded(tmp_path, scorer={"help": "no.jsonl"})
    assert "no file" in raised.value.why
    with pytest.raises(UserError, match=r"prompts.points"):
        loaded(tmp_path, points="no.jsonl")


def test_a_bad_row_of_points_is_an_error_of_the_spec(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"p\.jsonl line 1: h has the way 'seven'"):
        loaded(tmp_path, rows=({**POINTS, "points": [{"ways": ["seven"]}]},))


def test_a_scorers_own_file_of_points_is_read_with_the_spec(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "h", "prompt": "Why?", "points": "none"}\n')
    for scorer in ({"points": "q.jsonl"}, {"help": "q.jsonl"}):
        with pytest.raises(UserError, match=r"q\.jsonl line 1 is no row of points"):
            loaded(tmp_path, scorer=scorer)
    with pytest.raises(UserError) as raised:
        loaded(tmp_path, scorer={"help": "."})
    assert raised.value.why == f"{tmp_path} is a folder."
