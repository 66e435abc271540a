"""The benchmarks of a spec, and gates on their metrics: what is measured by default, every mistake with its line."""

import json
from pathlib import Path

import pytest
import yaml

from trimtab.errors import UserError
from trimtab.evaluate import OVERREFUSAL
from trimtab.spec import LoadedSpec, load_spec

SPEC = {
    "name": "s",
    "goal": "g",
    "model": {"name": "m"},
    "prompts": {"train": "t.jsonl", "heldout": "h.jsonl"},
    "feedback": {"sample": {"rubric": [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}]}},
    "gates": [{"metric": "style.words", "at_most": 9}],
}


def loaded(folder: Path, evaluation: object = None, *gates: str, **more: object) -> LoadedSpec:
    for name in ("t", "h", "f", "q"):
        (folder / f"{name}.jsonl").write_text(json.dumps({"id": name, "prompt": "p"}) + "\n")
    (folder / "p.yaml").write_text("name: p\nrules: [{id: no-names, text: No name., checks: [{contains: Bob}]}]\n")
    asked = {"evaluation": evaluation} if evaluation is not None else {}
    wanted = [{"metric": each, "at_most": 1} for each in gates or ["kl.per_token"]]
    (folder / "s.yaml").write_text(yaml.safe_dump({**SPEC, **asked, **more, "gates": wanted}, sort_keys=False))
    return load_spec(folder / "s.yaml")


FACTS = {"prompts": {"train": "t.jsonl", "heldout": "h.jsonl", "facts": "f.jsonl"}}


def names(found: LoadedSpec) -> list[str]:
    return [each.name for each in found.benchmarks]


def test_by_default_it_is_what_the_spec_has_the_files_for(tmp_path: Path) -> None:
    assert names(loaded(tmp_path)) == ["heldout", "kl"]
    assert names(loaded(tmp_path, **FACTS)) == ["heldout", "facts", "facts-said", "kl"]
    found = loaded(tmp_path, {"max_new_tokens": 7}, "policy.no-names", **FACTS, policy="p.yaml")
    assert names(found) == ["heldout", "policy", "facts", "facts-said", "kl"]
    assert [each.settings.max_new_tokens for each in found.benchmarks] == [7, 7, 128, 24, 7]  # one set of answers
    facts = str(tmp_path / "f.jsonl")
    assert found.sources == {"heldout": str(tmp_path / "h.jsonl"), "facts": facts, "facts-said": facts}


def test_listed_ones_are_asked_as_the_spec_says(tmp_path: Path) -> None:
    asked = ["heldout", {"name": "overrefusal", "data": "q.jsonl", "most": 3, "max_new_tokens": 9}, "truthfulqa"]
    found = loaded(tmp_path, {"benchmarks": asked}, "overrefusal.safe_refused", "truthfulqa.mc2", "style.words")
    assert names(found) == ["heldout", "overrefusal", "truthfulqa"]
    assert (found.benchmarks[1].settings.most, found.benchmarks[1].settings.max_new_tokens) == (3, 9)
    assert found.benchmarks[0].settings.max_new_tokens == 128
    assert found.sources["overrefusal"] == str(tmp_path / "q.jsonl")
    assert OVERREFUSAL.settings.most is None


def test_shares_are_part_of_what_decides_the_measures(tmp_path: Path) -> None:
    versions = {
        loaded(tmp_path, {"shares": shares}).benchmarks[0].version for shares in ([], ["advised"], ["redirected"])
    }
    assert len(versions) == 3


BROKEN: dict[str, tuple[object, str, dict[str, object], str, str]] = {
    "unknown benchmark": ({"benchmarks": ["heldout", "truthfulq"]}, "style.words", {}, "truthfulq", "`truthfulqa`"),
    "a server's": ({"benchmarks": ["hhh-judge"]}, "hhh.accuracy", {}, "measures a judge", "trimtab eval"),
    "two judged": ({"benchmarks": ["winrate"]}, "style.words", {}, "another model's", "`trimtab eval` takes both"),
    "a reward model's": ({"benchmarks": ["hhh-reward"]}, "hhh.accuracy", {}, "measures a reward model", "Leave it out"),
    "listed twice": ({"benchmarks": ["hhh", "hhh"]}, "hhh.accuracy", {}, "listed twice", "leave one"),
    "the same metric": ({"benchmarks": ["heldout", "style"]}, "style.words", {}, "`heldout` measures", "leave one"),
    "facts that are nowhere": ({"benchmarks": ["facts"]}, "facts.accuracy", {}, "no `prompts.facts`", "leave `facts`"),
    "a policy that is not there": ({"benchmarks": ["policy"]}, "policy.any", {}, "no `policy`", "Add `policy`"),
    "settings of its own": (
        {"benchmarks": [{"name": "kl", "most": 3}]}, "kl.per_token", {}, "the answers of `heldout`", "the name alone",
    ),
    "an unknown key": (
        {"benchmarks": [{"name": "hhh", "msot": 3}]}, "hhh.accuracy", {}, "no such key", "`most`",
    ),
    "no such file": ({"benchmarks": [{"name": "hhh", "data": "n.jsonl"}]}, "hhh.accuracy", {}, "no file", "relative"),
    "no such folder": ({"data": "nowhere"}, "style.words", {}, "There is no folder", "public sets"),
    "shares of nothing": (
        {"benchmarks": ["hhh"], "shares": ["refused"]}, "hhh.accuracy", {}, "held-out answers", "`heldout`",
    ),
    "a gate on another benchmark": (
        None, "truthfulqa.mc2", {}, "Nothing in the spec measures that",
        "Add `truthfulqa` to `evaluation.benchmarks`, as in [heldout, kl, truthfulqa]",
    ),
    "a gate on what was left out": ({"benchmarks": ["hhh"]}, "kl.per_token", {}, "Nothing in", "[hhh, kl]"),
    "a gate on facts": (None, "facts.accuracy", {}, "Nothing in the spec", "Add `prompts.facts`"),
    "a gate on rules": (None, "policy.no-names", {}, "Nothing in the spec", "Add `policy`"),
    "a gate on an unknown rule": (None, "policy.no-nmes", {"policy": "p.yaml"}, "No evaluation", "`policy.no-names`"),
    "a gate on a share": (None, "refused.general", {}, "Nothing in the spec", "Add `refused` to `evaluation.shares`"),
    "scores of nothing": (
        {"benchmarks": ["hhh"], "scorers": ["words"]}, "hhh.accuracy", {}, "held-out answers", "`heldout`",
    ),
    "a gate on a score": (None, "score.words", {}, "Nothing in the spec", "Add `words` to `evaluation.scorers`"),
    "a gate on a score of nothing": (None, "score.wrods", {}, "No evaluation measures", "Did you mean"),
    "a gate on another share": (
        {"shares": ["refused"]}, "advised.general", {}, "Nothing in the spec", "Add `advised` to `evaluation.shares`",
    ),
    "a gate on a misspelt metric": (None, "overrefusal.safe_refusd", {}, "No evaluation", "`overrefusal.safe_refused`"),
    "a gate on what a judge says": (
        {"benchmarks": ["truthfulqa-generation"]}, "truthfulqa.judged", {}, "Only a judge", "trimtab.gate",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, case: str) -> None:
    evaluation, gate, more, why, fix = BROKEN[case]
    with pytest.raises(UserError) as caught:
        loaded(tmp_path, evaluation, gate, **more)
    error = caught.value
    assert "s.yaml line " in error.given
    assert why in f"{error.given} {error.why}"
    assert fix in error.fix
