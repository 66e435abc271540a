"""Rows of feedback are kept as they came, and become what a method trains on where it trains."""

import json
from pathlib import Path
from typing import Any

import pytest

from trimtab.errors import UserError
from trimtab.loop.gather import Gathered, gather, read_part, summary_of
from trimtab.loop.supervision import (
    comparisons_of,
    demand_something,
    read_gathered,
    rows_before,
    supervision_inputs,
    training_rows,
    write_gathered,
)
from trimtab.records import Check, Comparison, Demonstration, Policy, Rule, Thumb, text_of
from trimtab.spec import FileSpec, SFTSpec, TrainingSpec
from trimtab.store import Run

COMPARISONS = [{"prompt": f"q{i}", "chosen": "a", "rejected": "b"} for i in range(4)]
THUMBS = [{"prompt": f"q{i}", "completion": "a", "label": i % 2 == 0} for i in range(4)]
RATINGS = [{"prompt": "q", "completion": f"a{i}", "rating": i, "low": 1, "high": 5} for i in (1, 2, 5)]
SHOWN = [{"prompt": f"q{i}", "completion": f"shown {i}"} for i in range(6)]
BROKEN = [{"text": "?"}]


def gathered(folder: Path, *files: Any, policy: Policy | None = None, **settings: Any) -> Gathered:
    parts = []
    for number, rows in enumerate(files):
        path = folder / f"f{number}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        parts.append(read_part(FileSpec(path=path.name, **settings), path))
    return gather(parts, policy)


def message(found: Gathered, training: TrainingSpec) -> UserError:
    with pytest.raises(UserError) as caught:
        demand_something(found, training, 7)
    return caught.value


DPO, KTO, SFT = (TrainingSpec(method=method) for method in ("dpo", "kto", "sft"))  # type: ignore[arg-type]


@pytest.mark.case("F33", "the remedy names only methods that the rows can feed")
def test_thumbs_of_one_kind_feed_no_other_method(tmp_path: Path) -> None:
    up = [row for row in THUMBS if row["label"]]
    assert "which these rows can feed" not in str(message(gathered(tmp_path, up), KTO))
    apart = [*up, {"prompt": "another", "completion": "b", "label": False}]
    assert "set training.method to kto, which these rows can feed" in str(message(gathered(tmp_path, apart), DPO))


def test_each_file_is_converted_by_itself_and_counted(tmp_path: Path) -> None:
    found = gathered(tmp_path, COMPARISONS, [*RATINGS, *BROKEN], SHOWN)
    demand_something(found, DPO, 7)
    taught = training_rows(found, DPO, 7)
    assert all(isinstance(item, Comparison) for item in taught.rows)
    sides = [(c.chosen_text, c.rejected_text) for c in taught.rows]
    assert sides == [*[("a", "b")] * 4, ("a2", "a1"), ("a5", "a1"), ("a5", "a2")]
    assert found.read == 4 + 4 + 6
    assert (len(found.rows), len(found.rejected), len(taught.rejected)) == (13, 1, 6)
    assert all("makes no comparison, but demonstrations" in item.reason for item in taught.rejected)


def test_rows_are_kept_as_they_came_whatever_trains_on_them(tmp_path: Path) -> None:
    found = gathered(tmp_path, [*COMPARISONS, *THUMBS], RATINGS, SHOWN)
    assert [(row.source, row.kind) for row in found.rows] == [
        *[(0, "comparison")] * 4, *[(0, "thumb")] * 4, *[(1, "rating")] * 3, *[(2, "demonstration")] * 6,
    ]  # fmt: skip
    with Run.open(tmp_path / "run", name="r", goal="g", spec={}) as run:
        stage = run.stage("feedback", settings={}, inputs={})
        stage.begin()
        write_gathered(stage, found)
        stage.finish(0.0)
        assert read_gathered(stage) == found
        assert set(supervision_inputs(stage)) == {"supervision", "sources"}
    for training, kind in ((DPO, Comparison), (KTO, Thumb), (SFT, Demonstration)):
        assert {type(row) for row in training_rows(found, training, 7).rows} == {kind}


def test_what_the_rows_teach_is_told_for_all_methods_alike(tmp_path: Path) -> None:
    found = gathered(tmp_path, [*COMPARISONS, *THUMBS], [*RATINGS, *BROKEN], SHOWN)
    summary, unfit = summary_of(found)
    assert (summary.comparisons, summary.thumbs, summary.demonstrations) == (4 + 3, 4, 6)
    assert (summary.read, summary.rejected, unfit) == (18, 1, [])
    assert summary.notes[:3] == (
        "f0.jsonl: 4 comparisons and 4 thumbs.", "f1.jsonl: 3 ratings.", "f2.jsonl: 6 demonstrations."
    )  # fmt: skip
    assert summary.judge == "unknown"


def test_the_margin_of_a_file(tmp_path: Path) -> None:
    assert len(training_rows(gathered(tmp_path, RATINGS, margin=0.75), DPO, 7).rows) == 2
    taught = training_rows(gathered(tmp_path, RATINGS, margin=1.0), DPO, 7)
    assert len(taught.rows) == 1
    assert [item.reason for item in taught.rejected] == [
        "no other answer to its prompt is rated apart by 1 of the scale"
    ]


def test_weights_repeat_and_leave_out_by_the_seed(tmp_path: Path) -> None:
    twice = training_rows(gathered(tmp_path, COMPARISONS, weight=2.0), DPO, 7)
    assert (len(twice.rows), twice.left_out) == (8, ())
    found = gathered(tmp_path, COMPARISONS, weight=0.5)
    half = training_rows(found, DPO, 7)
    assert (len(half.rows), len(half.left_out), half.rejected) == (2, 2, ())
    assert "weight" in half.left_out[0].reason
    assert half.notes == ("f0.jsonl: a weight of 0.5 takes 2 of 4 comparisons.",)
    assert half == training_rows(found, DPO, 7)
    assert len(comparisons_of(found, DPO)) == 4  # an audit looks at each once


def test_demonstrations_go_to_the_first_stage(tmp_path: Path) -> None:
    chain = TrainingSpec(sft_first=SFTSpec(epochs=2.0, learning_rate=3e-4), beta=0.3, sft_weight=0.2)
    found = gathered(tmp_path, [*COMPARISONS, *SHOWN])
    taught = training_rows(found, chain, 7)
    assert (len(taught.rows), taught.rejected) == (4, ())
    assert [text_of(item.completion) for item in rows_before(found, chain, 7).rows] == [f"shown {i}" for i in range(6)]
    first = chain.first_training
    assert (first.method, first.epochs, first.learning_rate, first.sft_weight) == ("sft", 2.0, 3e-4, 0.0)
    other = chain.model_copy(update={"beta": 0.5, "share_prefixes": False})
    assert first == other.first_training  # DPO's settings do not change it
    assert len(training_rows(found, SFT, 7).rows) == 10


def test_without_demonstrations_the_first_stage_takes_what_the_methods_rows_show(tmp_path: Path) -> None:
    def shown(method: str, rows: Any) -> list[str]:
        training = TrainingSpec.model_validate({"method": method, "sft_first": {}})
        before = rows_before(gathered(tmp_path, rows), training, 7).rows
        return [text_of(row.prompt) + text_of(row.completion) for row in before]

    assert shown("dpo", COMPARISONS) == [f"q{i}a" for i in range(4)]
    assert shown("kto", THUMBS) == ["q0a", "q2a"]  # the liked ones


def test_thumbs_are_audited_as_pairs_only_where_pairs_are_trained_on(tmp_path: Path) -> None:
    both = [{**row, "prompt": "q", "completion": f"a{i}"} for i, row in enumerate(THUMBS)]
    found = gathered(tmp_path, [*COMPARISONS, *both])
    assert len(comparisons_of(found, DPO)) == 4 + 4
    assert len(comparisons_of(found, KTO)) == len(comparisons_of(found, SFT)) == 4


def test_thumbs_without_both_on_a_prompt_are_no_food_for_dpo(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, THUMBS), DPO)
    assert error.given == "The feedback holds 4 thumbs (4 rows)."
    assert "dpo, which needs comparisons" in error.why
    assert "no thumb the other way" in error.why
    assert "training.method to kto" in error.fix


def test_ratings_within_the_margin_are_none_either(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, RATINGS[:2], margin=0.5), DPO)
    assert "2 ratings" in error.given
    assert "rated apart by 0.5 of the scale" in error.why


@pytest.mark.parametrize(("label", "way"), [(True, "up"), (False, "down")])
def test_kto_needs_both_kinds(tmp_path: Path, label: bool, way: str) -> None:
    error = message(gathered(tmp_path, [{**row, "label": label} for row in THUMBS]), KTO)
    assert "thumbs of both kinds" in error.why
    assert f"all 4 thumbs are {way}" in error.why


def test_a_file_of_nothing_known(tmp_path: Path) -> None:
    error = message(gathered(tmp_path, BROKEN), SFT)
    assert error.given == "The feedback holds no row that can be used (1 rows)."
    assert "unknown: no type of supervision has the columns text" in error.why
    assert "no row" in message(gathered(tmp_path, []), SFT).why


POLICY = Policy(
    name="p",
    rules=(
        Rule(id="no-a", text="Never a.", when="q[01]", checks=(Check(contains="^a$"),)),
        Rule(id="short", severity="warn", text="Be long.", checks=(Check(contains="^.$"),)),
    ),
)


def test_what_breaks_the_policy_is_not_taught_and_is_told(tmp_path: Path) -> None:
    found = gathered(tmp_path, COMPARISONS, policy=POLICY)
    assert [row.breaks for row in found.rows] == [{"chosen": ("no-a",)}] * 2 + [{}] * 2
    taught = training_rows(found, DPO, 7)
    assert [row.prompt[-1].content for row in taught.rows] == ["q2", "q3"]
    assert [item.reason for item in taught.rejected] == ["what it teaches breaks the policy: no-a"] * 2
    summary, unfit = summary_of(found)
    assert summary.read == summary.comparisons + summary.rejected == 4
    assert unfit == list(taught.rejected)
    thumbs = training_rows(gathered(tmp_path, THUMBS, policy=POLICY), KTO, 7)  # a thumb down teaches against it
    assert [row.prompt[-1].content for row in thumbs.rows] == ["q1", "q2", "q3"]
    shown = gathered(tmp_path, [{"prompt": "q0", "completion": "a"}, *SHOWN], policy=POLICY)
    assert len(training_rows(shown, SFT, 7).rows) == len(SHOWN)


RIGHT: dict[str, list[dict[str, Any]]] = {
    "comparison": [{"chosen": "a", "rejected": "b"}],
    "ranking": [{"completions": ["a", "b", "c"]}],
    "edit": [{"before": "b", "after": "a"}],
    "critique": [{"completion": "b", "critique": "No.", "revision": "a"}],
    "rating": [{"completion": said, "rating": rate, "low": 1, "high": 5} for said, rate in (("a", 5), ("b", 1))],
    "thumb": [{"completion": "a", "label": True}, {"completion": "b", "label": False}],
    "demonstration": [{"completion": "a"}],
}


@pytest.mark.parametrize("kind", RIGHT)
def test_of_no_type_is_a_forbidden_answer_taught_as_right(tmp_path: Path, kind: str) -> None:
    rows = [{"prompt": "q0", **row} for row in RIGHT[kind]]
    found, free = (gathered(tmp_path, rows, policy=policy) for policy in (POLICY, None))
    for training in (DPO, KTO, SFT):
        right = [
            text_of(row.chosen if isinstance(row, Comparison) else row.completion)
            for row in training_rows(found, training, 7).rows
            if not (isinstance(row, Thumb) and not row.label)
        ]
        assert "a" not in right
        assert bool(training_rows(free, training, 7).rows) == (kind in training.method_row.fed_by)
    if kind == "ranking":
        assert [(row.chosen_text, row.rejected_text) for row in comparisons_of(found, DPO)] == [("b", "c")]
