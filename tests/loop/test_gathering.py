"""Files of feedback become what the method takes; what they cannot be is said in one message."""

import json
from pathlib import Path
from typing import Any

import pytest

from trimtab.errors import UserError
from trimtab.loop.gather import Gathered, demand_something, gather
from trimtab.loop.supervision import demonstrations_of, thumbs_of
from trimtab.records import Check, Comparison, Demonstration, Policy, Rule, Thumb, text_of, to_jsonl
from trimtab.spec import FileSpec, SFTSpec, TrainingSpec
from trimtab.store import Stage

COMPARISONS = [{"prompt": f"q{i}", "chosen": "a", "rejected": "b"} for i in range(4)]
THUMBS = [{"prompt": f"q{i}", "completion": "a", "label": i % 2 == 0} for i in range(4)]
RATINGS = [{"prompt": "q", "completion": f"a{i}", "rating": i, "low": 1, "high": 5} for i in (1, 2, 5)]
SHOWN = [{"prompt": f"q{i}", "completion": f"shown {i}"} for i in range(6)]
BROKEN = [{"text": "?"}]


def gathered(
    folder: Path, training: TrainingSpec, *files: Any, policy: Policy | None = None, **settings: Any
) -> Gathered:
    named = []
    for number, rows in enumerate(files):
        path = folder / f"f{number}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        named.append((FileSpec(path=path.name, **settings), path))
    return gather(named, training, 7, policy)


def message(found: Gathered, training: TrainingSpec) -> UserError:
    with pytest.raises(UserError) as caught:
        demand_something(found, training)
    return caught.value


DPO, KTO, SFT = (TrainingSpec(method=method) for method in ("dpo", "kto", "sft"))  # type: ignore[arg-type]


def test_each_file_is_converted_by_itself_and_counted(tmp_path: Path) -> None:
    found = gathered(tmp_path, DPO, COMPARISONS, [*RATINGS, *BROKEN], SHOWN)
    demand_something(found, DPO)
    assert all(isinstance(item, Comparison) for item in found.taught)
    sides = [(c.chosen_text, c.rejected_text) for c in found.taught if isinstance(c, Comparison)]
    assert sides == [*[("a", "b")] * 4, ("a2", "a1"), ("a5", "a1"), ("a5", "a2")]
    assert found.read == 4 + 4 + 6
    assert len(found.rejected) == 1 + 6
    assert sum("it feeds sft" in item.reason for item in found.rejected) == 6
    assert found.notes == (
        "f0.jsonl: 4 comparisons made 4 comparisons.",
        "f1.jsonl: 3 ratings made 3 comparisons.",
    )
    assert found.judge == "unknown"


def test_the_margin_of_a_file(tmp_path: Path) -> None:
    assert len(gathered(tmp_path, DPO, RATINGS, margin=0.75).taught) == 2
    found = gathered(tmp_path, DPO, RATINGS, margin=1.0)
    assert len(found.taught) == 1
    assert [item.reason for item in found.rejected] == [
        "no other answer to its prompt is rated apart by 1 of the scale"
    ]


def test_weights_repeat_and_leave_out_by_the_seed(tmp_path: Path) -> None:
    twice = gathered(tmp_path, DPO, COMPARISONS, weight=2.0)
    assert (len(twice.taught), twice.left_out) == (8, ())
    half = gathered(tmp_path, DPO, COMPARISONS, weight=0.5)
    assert (len(half.taught), len(half.left_out), half.rejected) == (2, 2, ())
    assert "weight" in half.left_out[0].reason
    assert half.notes == ("f0.jsonl: 4 comparisons made 4 comparisons; a weight of 0.5 takes 2.",)
    assert half == gathered(tmp_path, DPO, COMPARISONS, weight=0.5)


def test_demonstrations_go_to_the_first_stage(tmp_path: Path) -> None:
    chain = TrainingSpec(sft_first=SFTSpec(epochs=2.0, learning_rate=3e-4), beta=0.3, sft_weight=0.2)
    found = gathered(tmp_path, chain, [*COMPARISONS, *SHOWN])
    assert (len(found.taught), found.rejected) == (4, ())
    assert [text_of(item.completion) for item in found.shown] == [f"shown {i}" for i in range(6)]
    first = chain.first_training
    assert (first.method, first.epochs, first.learning_rate, first.sft_weight) == ("sft", 2.0, 3e-4, 0.0)
    assert (
        first == chain.model_copy(update={"beta": 0.5, "share_prefixes": False}).first_training
    )  # DPO's settings do not change it
    assert len(gathered(tmp_path, SFT, [*COMPARISONS, *SHOWN]).taught) == 10


def test_each_method_takes_its_own_kind(tmp_path: Path) -> None:
    assert {type(item) for item in gathered(tmp_path, KTO, COMPARISONS, THUMBS).taught} == {Thumb}
    assert {type(item) for item in gathered(tmp_path, SFT, COMPARISONS, SHOWN).taught} == {Demonstration}


def test_thumbs_without_both_on_a_prompt_are_no_food_for_dpo(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, DPO, THUMBS), DPO)
    assert error.given == "The feedback files hold 4 thumbs (4 rows)."
    assert "dpo, which needs comparisons" in error.why
    assert "no thumb the other way" in error.why
    assert "training.method to kto" in error.fix


def test_ratings_within_the_margin_are_none_either(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, DPO, RATINGS[:2], margin=0.5), DPO)
    assert "2 ratings" in error.given
    assert "rated apart by 0.5 of the scale" in error.why


@pytest.mark.parametrize(("label", "way"), [(True, "up"), (False, "down")])
def test_kto_needs_both_kinds(tmp_path: Path, label: bool, way: str) -> None:
    error = message(gathered(tmp_path, KTO, [{**row, "label": label} for row in THUMBS]), KTO)
    assert "thumbs of both kinds" in error.why
    assert f"all 4 thumbs are {way}" in error.why


def test_a_file_of_nothing_known(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, SFT, BROKEN), SFT)
    assert error.given == "The feedback files hold no row that can be used (1 rows)."
    assert "unknown: no type of supervision has the columns text" in error.why
    assert "no row" in message(gathered(tmp_path, SFT, []), SFT).why


def test_what_a_stage_of_comparisons_or_thumbs_lends_to_other_methods(tmp_path: Path) -> None:
    stage = Stage("feedback", "key", tmp_path / "stage", {}, {})
    stage.begin()
    stage.write("comparisons.jsonl", to_jsonl(gathered(tmp_path, DPO, COMPARISONS).taught))
    assert [item.label for item in thumbs_of(stage)] == [True, False] * 4
    assert [text_of(item.completion) for item in demonstrations_of(stage)] == ["a"] * 4
    other = Stage("feedback", "other", tmp_path / "other", {}, {})
    other.begin()
    other.write("thumbs.jsonl", to_jsonl(gathered(tmp_path, KTO, THUMBS).taught))
    assert len(thumbs_of(other)) == 4
    assert [text_of(item.prompt) for item in demonstrations_of(other)] == ["q0", "q2"]  # the liked ones
    other.write("demonstrations.jsonl", to_jsonl(gathered(tmp_path, SFT, SHOWN).taught))
    assert len(demonstrations_of(other)) == 6


POLICY = Policy(
    name="p",
    rules=(
        Rule(id="no-a", text="Never a.", when="q[01]", checks=(Check(contains="^a$"),)),
        Rule(id="short", severity="warn", text="Be long.", checks=(Check(contains="^.$"),)),
    ),
)


def test_what_breaks_the_policy_is_not_taught_and_is_told(tmp_path: Path) -> None:
    found = gathered(tmp_path, DPO, COMPARISONS, policy=POLICY)
    assert [row.prompt[-1].content for row in found.taught] == ["q2", "q3"]
    assert [item.reason for item in found.rejected] == ["what it teaches breaks the policy: no-a"] * 2
    assert found.read == len(found.taught) + len(found.rejected)
    thumbs = gathered(tmp_path, KTO, THUMBS, policy=POLICY)  # a thumb down teaches against it
    assert [row.prompt[-1].content for row in thumbs.taught] == ["q1", "q2", "q3"]
    shown = gathered(tmp_path, SFT, [{"prompt": "q0", "completion": "a"}, *SHOWN], policy=POLICY)
    assert len(shown.taught) == len(SHOWN)


def test_the_comparisons_behind_demonstrations_are_told(tmp_path: Path) -> None:
    for training in (SFT, DPO):
        found = gathered(tmp_path, training, COMPARISONS, SHOWN, policy=POLICY)
        assert [row.prompt[-1].content for row in found.compared] == ["q2", "q3"]
    assert gathered(tmp_path, SFT, SHOWN).compared == ()
