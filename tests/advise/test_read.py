"""Files and specs become cases: every form of a row is counted as what it is, and what is none is told."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tiny import tiny_spec
from trimtab.advise import decide, noise_of, read_case
from trimtab.advise.read import parameters_in
from trimtab.errors import UserError
from trimtab.spec import load_spec

DATA = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_rlhf" / "harmless_base_test_first1500.jsonl.gz"


def file(folder: Path, *rows: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def pair(number: int, *, turned: bool = False, **more: Any) -> dict[str, Any]:
    sides = ("good", "bad")[:: -1 if turned else 1]
    return {"prompt": f"ask {number}", "chosen": sides[0], "rejected": sides[1], **more}


FORMS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "comparisons": ([pair(i) for i in range(60)], {"comparisons": 60, "prompts": 60, "agreement": None}),
    "copies count once": ([pair(1)] * 60, {"comparisons": 1, "prompts": 1}),
    "thumbs": (
        [{"prompt": f"p{i}", "completion": "a", "label": i % 3 == 0} for i in range(90)],
        {"thumbs_up": 30, "thumbs_down": 60, "prompts": 90, "demonstrations": 0},
    ),
    "thumbs as words": (
        [{"prompt": "p", "response": f"a{i}", "label": "True" if i else "false"} for i in range(4)],
        {"thumbs_up": 3, "thumbs_down": 1, "prompts": 1},
    ),
    "demonstrations": (
        [
            {"prompt": "p", "completion": "a"},
            {"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "b"}]},
            {"prompt": "i", "response": "o"},
        ],
        {"demonstrations": 3, "prompts": 3},
    ),
    "rankings, best first": ([{"prompt": "p", "answers": ["a", "b", "c", "d"]}], {"rankings": 1, "ranked_pairs": 6}),
    "rankings with a tie": (
        [{"prompt": "p", "answers": ["a", "b", "c"], "ranks": [1, 1, 2]}],
        {"rankings": 1, "ranked_pairs": 2},
    ),
    "rankings with a tie in them": (
        [{"prompt": "p", "completions": ["a", ["b", "c"]]}],
        {"rankings": 1, "ranked_pairs": 2},
    ),
    "ratings of one prompt": (
        [{"prompt": "p", "completion": f"a{i}", "rating": r, "low": 1, "high": 5} for i, r in enumerate((1, 5, 5))],
        {"ratings": 3, "rated_pairs": 2, "thumbs_up": 0},
    ),
    "ratings of single answers": (
        [{"prompt": f"p{i}", "completion": "a", "rating": r, "low": 1, "high": 5} for i, r in enumerate((1, 3, 5))],
        {"ratings": 3, "rated_pairs": 0, "thumbs_up": 0, "thumbs_down": 0},
    ),
    "edits": ([{"prompt": "p", "before": "a", "after": "b"}], {"edits": 1, "demonstrations": 0}),
    "critiques": ([{"prompt": "p", "completion": "a", "critique": "too long"}], {"critiques": 1, "demonstrations": 0}),
    "critiques with a revision": (
        [{"prompt": "p", "completion": "a", "critique": "too long", "revision": "b"}],
        {"critiques": 0, "edits": 1, "comparisons": 0},
    ),
    "margins": (
        [
            pair(1, provenance={"source": "m", "judge": "rubric", "why": "w", "margin": 0.2}),
            pair(2, provenance={"source": "m", "judge": "rubric", "why": "w", "margin": 0.4}),
        ],
        {"margin": pytest.approx(0.3), "on_policy": 1.0},
    ),
    "margins on another scale": (
        [pair(1, provenance={"source": "m", "judge": "j", "why": "w", "margin": 3.0})],
        {"margin": None, "on_policy": None},
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_counted_as_what_it_is(form: str, tmp_path: Path) -> None:
    rows, expected = FORMS[form]
    found = read_case(file(tmp_path, *rows))
    assert found.rejected == ()
    assert found.read == len(rows)
    case = found.case.model_dump()
    assert {name: case[name] for name in expected} == expected


def test_prompts_alone_are_told_and_count_as_prompts(tmp_path: Path) -> None:
    found = read_case(file(tmp_path, {"prompt": "p"}, {"prompt": "q", "kind": "k"}, {"prompt": "p"}))
    assert {reject.reason for reject in found.rejected} == {"a prompt alone is no feedback"}
    assert (found.case.prompts, found.case.demonstrations) == (2, 0)


def test_whose_answers_they_are_follows_from_the_source(tmp_path: Path) -> None:
    rows = [pair(i, provenance={"source": "mine" if i < 3 else "other", "judge": "j", "why": "w"}) for i in range(4)]
    assert read_case(file(tmp_path, *rows), model="mine").case.on_policy == 0.75
    assert read_case(file(tmp_path, *rows)).case.on_policy is None
    assert read_case(file(tmp_path, pair(1)), model="mine").case.on_policy is None  # nobody has told


def test_noise_is_read_off_repeated_judgements(tmp_path: Path) -> None:
    """80 judged twice, 20 of them the other way round: they agree in 60 of 80."""
    rows = [pair(i) for i in range(80)] + [pair(i, turned=i < 20) for i in range(80)]
    case = read_case(file(tmp_path, *rows)).case
    assert case.comparisons == 80
    assert case.agreement == 0.75
    assert case.label_noise == pytest.approx(noise_of(0.75))
    few = read_case(file(tmp_path, *rows[:80], *[pair(i, turned=True) for i in range(9)])).case
    assert few.agreement is None  # nine judgements twice are too few to tell


def test_a_set_that_contradicts_itself_is_not_trained_on(tmp_path: Path) -> None:
    rows = [pair(i) for i in range(200)] + [pair(i, turned=True) for i in range(200)]
    assert decide(read_case(file(tmp_path, *rows)).case).method == "collect"


def test_what_is_no_feedback_is_told(tmp_path: Path) -> None:
    rows = [
        pair(1),
        {"colour": "red"},
        "{oops",
        [1],
        pair(2, chosen=""),
        {"prompt": "p", "completion": "a", "label": "maybe"},
        {"prompt": "p", "answers": ["a"]},
        {"prompt": "p", "completion": "a", "rating": "high"},
        {"prompt": "p", "label": True},
        {"prompt": "p", "answers": ["a", "b"], "ratings": 5},
        {"prompt": "p", "answers": ["a", "b"], "ranks": [1]},
    ]
    found = read_case(file(tmp_path, *rows))
    assert found.read == 11
    assert [reject.row for reject in found.rejected] == [f"line {i}" for i in range(2, 12)]
    for reject, says in zip(
        found.rejected,
        (
            "unknown",
            "not JSON",
            "not a JSON object",
            "chosen",
            "label",
            "fewer than two",
            "without low and high",
            "without completion",
            "ratings is no list of numbers",
            "1 ranks",
        ),
        strict=True,
    ):
        assert says in reject.reason
    assert found.case.comparisons == 1
    assert found.case.prompts == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no row"), (b"\n\n", "no row"), (b'{"colour": "red"}\n', "colour"), (b"\xff\xfe", "UTF-8")],
)
def test_files_without_feedback_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        read_case(path)


def test_a_gzipped_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(pair(1)) + "\n").encode()))
    assert read_case(path).case.comparisons == 1


def test_a_specs_rubric_is_a_reward_and_its_file_is_read(tmp_path: Path) -> None:
    made = read_case(load_spec(tiny_spec(tmp_path / "rubric"))).case
    assert (made.reward, made.comparisons, made.prompts) == ("programmatic", 0, 10)
    folder = tmp_path / "file"
    path = tiny_spec(folder, feedback={"files": [{"path": "rows.jsonl"}]})
    file(folder, *[pair(i, provenance={"source": "model", "judge": "j", "why": "w"}) for i in range(70)])
    given = read_case(load_spec(path)).case
    assert (given.reward, given.comparisons, given.on_policy) == ("none", 70, 1.0)


def test_a_models_size_is_read_off_its_name() -> None:
    for name, size in (
        ("smollm2-135m", 135_000_000),
        ("meta-llama/Llama-3.1-8B-Instruct", 8 * 10**9),
        ("Qwen/Qwen2.5-0.5B", 5 * 10**8),
        ("7b-things/gpt2", None),
        ("./my-model", None),
    ):
        assert parameters_in(name) == size


@pytest.mark.skipif(not HH.is_file(), reason=f"there is no {HH}; set TRIMTAB_DATA to the folder of test data")
def test_real_comparisons() -> None:
    found = read_case(HH)
    assert found.read == 1500
    assert found.case.comparisons + len(found.rejected) <= 1500
    assert found.case.comparisons > 1400
    assert decide(found.case).method == "dpo"
    assert decide(found.case.model_copy(update={"refined": True})).method == "rlhf"
