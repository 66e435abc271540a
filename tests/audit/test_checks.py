"""Each planted fault is found, clean data is quiet, and what is told is counted."""

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
from faults import FAULTS, FIXABLE

from made_comparisons import Row, clean, repeated
from tiny import WORDS, tiny_model, tiny_tokenizer
from trimtab.audit import CHECKS, Audit, all_checks, audit, builtin_items
from trimtab.audit.learn import flip_rate
from trimtab.audit.limits import SAMPLE
from trimtab.audit.markers import clean as cleaned
from trimtab.audit.personal import mask, personal
from trimtab.audit.view import View
from trimtab.data import read_frame
from trimtab.records import Check, Policy, Rule

off_policy = import_module("trimtab.audit.checks.off_policy")  # the package has a function of that name
ITEMS = builtin_items()


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("toxicity", "refusal", "help"):
        monkeypatch.setitem(SAMPLE, name, 150)  # these scorers take milliseconds a text


def run(folder: Path, rows: list[Row], **given: Any) -> Audit:
    path = folder / "c.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return audit(read_frame(path).table, against=ITEMS, **given)


def only(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Lets audits make these checks alone; all of them look at clean data below."""
    few = {name: check for name, check in all_checks().items() if name in names}
    assert len(few) == len(names)
    patch.setattr("trimtab.audit.run.all_checks", lambda: few)


def alarms(done: Audit) -> set[str]:
    return {one.id for one in done.findings if one.severity != "info"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    expected, make = FAULTS[name]
    rows = make(11, 1.0)
    only(monkeypatch, expected)
    done = run(tmp_path, rows)
    assert expected in alarms(done)
    known = {row["id"] for row in rows}
    for one in done.findings:
        assert one.id in CHECKS
        assert set(one.rows) <= known
        assert 0 < len(one.rows) <= one.count
        assert one.fixable == (one.id in FIXABLE)


@pytest.mark.parametrize("seed", range(4))
def test_clean_data_is_quiet(tmp_path: Path, seed: int) -> None:
    rows = repeated(seed, 80, 3, 0.9) if seed == 3 else clean(seed + 50, quality=seed / 2)
    assert alarms(run(tmp_path, rows)) == set()


def test_a_handful_of_rows_does_not_cry_wolf(tmp_path: Path) -> None:
    rows = clean(3, 6)
    for row in rows:
        row["chosen"] += " That is all there is to say about it."
    assert alarms(run(tmp_path, rows)) == set()


def test_length_that_one_annotator_alone_likes_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "annotator-bias", "length-bias")

    def longer_first(row: Row) -> None:
        row["rejected"], row["chosen"] = sorted((row["rejected"], row["chosen"]), key=lambda text: len(text.split()))

    rows = clean(11, 900, quality=1.0)
    for row in rows:
        if row["judge"] == "judge-1":
            longer_first(row)
    (one,) = [one for one in run(tmp_path, rows).findings if one.id == "annotator-bias"]
    assert one.explains == ("length-bias",)
    for i, row in enumerate(rows):
        if i % 2 == 0:
            longer_first(row)  # three of four of the others' chosen sides are longer
    (one,) = [one for one in run(tmp_path, rows).findings if one.id == "annotator-bias"]
    assert one.explains == ()


def test_equal_inputs_give_equal_findings(tmp_path: Path) -> None:
    rows = FAULTS["flipped labels"][1](5, 1.0)
    assert run(tmp_path, rows).findings == run(tmp_path, rows).findings


def test_rows_of_copies_are_the_later_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "duplicate", "near-duplicate")
    for name, ending in (("copies", "-copy"), ("near copies", "-near")):
        done = run(tmp_path, FAULTS[name][1](4, 1.0))
        (one,) = [one for one in done.findings if one.id in ("duplicate", "near-duplicate")]
        assert all(row.endswith(ending) for row in one.rows)


def test_a_reversed_pair_is_no_copy(tmp_path: Path) -> None:
    assert alarms(run(tmp_path, FAULTS["reversed pairs"][1](4, 1.0))) == {"contradiction"}


def test_one_prompt_with_many_answers_is_no_near_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "near-duplicate")
    rows = clean(8, 200)
    for row in rows:
        row["prompt"] = rows[hash(row["kind"]) % 3]["prompt"]
    assert "near-duplicate" not in {one.id for one in run(tmp_path, rows).findings}


def test_the_flip_rate_is_found_and_mere_difficulty_is_none() -> None:
    rng = np.random.default_rng(0)
    truth = np.abs(rng.normal(0, 4, 4000))
    flips = np.where(rng.random(4000) < 0.15, -1, 1)
    found = flip_rate(truth * flips)
    assert found.low <= 0.15 <= found.high
    assert found.high - found.low < 0.06
    hard = truth / 8 * np.where(rng.random(4000) < 1 / (1 + np.exp(-truth / 8)), 1, -1)
    assert flip_rate(hard).low == 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Fine.<|im_end|>", "Fine."),
        ("<|im_start|>Assistant: Fine.", "Fine."),
        ("[INST] Fine. [/INST] more", "Fine."),
        ("Fine.\n\nHuman: And now?\n\nAssistant: Now this.", "Fine."),
        ("Fine.</s></s>", "Fine."),
        ("A human: me. Use <b> and <s>old</s>", "A human: me. Use <b> and <s>old"),
        ("Plain text.", "Plain text."),
    ],
)
def test_markers_are_cut(text: str, left: str) -> None:
    assert cleaned(text) == left


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ask ann.lee@gmx.net today.", "Ask [email] today."),
        ("Call (415) 232-8811 or +44 20 7946 0018.", "Call [phone] or [phone]."),
        ("Card 4539 1488 0343 6467, please", "Card [card], please"),
        ("Card 4539 1488 0343 6468, please", "Card 4539 1488 0343 6468, please"),
        ("IBAN GB82 WEST 1234 5698 7654 32 it is", "IBAN [account] it is"),
        ("SSN 219-09-4412.", "SSN [number]."),
        ("me@example.com; 1,000,000 on 2024-11-05", "me@example.com; 1,000,000 on 2024-11-05"),
    ],
)  # fmt: skip
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert bool(personal(text)) == (text != masked)


def test_personal_data_says_what_it_does_not_look_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "pii")
    rows = clean(3, 60)
    rows[0]["chosen"] += " Write to jan.brandt@gmx.net."
    (found,) = [one for one in run(tmp_path, rows).findings if one.id == "pii"]
    told = ": e-mail addresses in 1. Found by form; names and street addresses are not looked for."
    assert found.summary.endswith(told)


def test_contamination_reads_files_and_ignores_common_phrases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "contamination")
    rows = clean(2)
    question = "Why did the lighthouse keeper of Nordhavn paint his boat green every second spring?"
    asked = [*ITEMS, ("own.jsonl", question)]
    rows[7]["prompt"] = "Tell me: " + question.upper()
    rows[8]["prompt"] = "Why did the lighthouse keeper of the island sing?"
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (one,) = [one for one in audit(read_frame(path).table, against=asked).findings if one.id == "contamination"]
    assert one.rows == ("r7",)


def test_random_rows_of_any_shape_do_not_break_a_check(tmp_path: Path) -> None:
    rng = random.Random(0)
    strange = ["???", "\n", "a", "日本語の文章です。", "🙂", "\u2028", "<s>", "x" * 5000, "- a\n- b"]
    rows = []
    for number in range(80):
        sides = rng.sample([one for one in strange if one.strip()], 2)
        asked = "".join(rng.choices(strange, k=2)) + "q"
        rows.append({"id": str(number), "prompt": asked, "chosen": sides[0], "rejected": sides[1]})
    assert run(tmp_path, rows).n == 80


def test_surprise_less_entropy_is_nothing_on_average_for_the_models_own_words() -> None:
    model, tokenizer = tiny_model("qwen3"), tiny_tokenizer()
    vocabulary = tokenizer.get_vocab()
    table = polars.DataFrame({"prompt": ["tea"], "chosen": ["tea"], "rejected": ["rain"]})
    view = View(table, model=model, tokenizer=tokenizer)
    words = [word for word, place in vocabulary.items() if tokenizer(word)["input_ids"] == [place]]
    assert len(words) == len(vocabulary)
    found = [off_policy._excess(view, "tea", word) for word in words]
    chance = np.exp([logp for _, logp in found])
    assert chance.sum() == pytest.approx(1, abs=1e-4)
    assert float((chance * [excess for excess, _ in found]).sum()) == pytest.approx(0, abs=1e-4)


def test_a_sorted_file_is_no_drifting_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "judge-drift")
    rows = clean(4, 400, quality=1.0)
    longer = lambda row: len(row["chosen"].split()) > len(row["rejected"].split())  # noqa: E731
    for judges in (1, 3):
        for place, row in enumerate(sorted(rows, key=longer)):
            row["judge"] = f"judge-{place % judges}"
        found = [one for one in run(tmp_path, sorted(rows, key=longer)).findings if one.id == "judge-drift"]
        assert [one.severity for one in found] == ["info"]


def test_off_policy_needs_a_model_and_fires_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(0)
    said = [" ".join(rng.choices(WORDS.split(), k=12)) for _ in range(60)]
    table = polars.DataFrame({"prompt": ["tea"] * 30, "chosen": said[:30], "rejected": said[30:]})
    table = table.with_row_index("id").cast({"id": str})
    assert off_policy.off_policy(View(table)) is None
    view = View(table, model=tiny_model("qwen3"), tokenizer=tiny_tokenizer())
    monkeypatch.setattr(off_policy, "OFF_POLICY", 10.0)
    assert off_policy.off_policy(view) is None
    monkeypatch.setattr(off_policy, "OFF_POLICY", 0.01)
    found = off_policy.off_policy(view)
    assert found is not None
    assert found.finding.figure == pytest.approx(np.mean([off_policy._excess(view, "tea", one)[0] for one in said]))


DECLINED = Policy(
    name="p",
    rules=(
        Rule(id="away", text="Send away.", requires="redirect", when="my", checks=(Check(lacks="doctor"),)),
        Rule(id="answer", text="Answer.", requires="answer", when="drug", checks=(Check(contains="out of this"),)),
    ),
)
NO = "I'm sorry, but I can't help with that."


def sided(count: int, turned: int, prompt: str) -> list[Row]:
    """Comparisons of an answer over a refusal, of which some are turned."""
    made = clean(5)[:count]
    for place, row in enumerate(made):
        sides = (NO, row["chosen"]) if place < turned else (row["chosen"], NO)
        row.update(prompt=f"{row['prompt']} {prompt}", chosen=sides[0], rejected=sides[1])
    return made


def test_turned_refusals_are_found_among_as_many_right_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "refusal-bias")
    assert "refusal-bias" not in alarms(run(tmp_path, sided(100, 6, "")))
    done = run(tmp_path, sided(100, 30, ""))
    found = next(one for one in done.findings if one.id == "refusal-bias")
    assert found.figure == pytest.approx(0.3)
    assert found.count == 30


def test_a_policy_says_which_refusals_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "refusal-bias")
    personal, general = sided(60, 60, "It is about my knee."), sided(60, 60, "It is about a drug.")
    assert "refusal-bias" in alarms(run(tmp_path, personal))
    assert "refusal-bias" not in alarms(run(tmp_path, personal, policy=DECLINED))
    assert "refusal-bias" not in alarms(run(tmp_path, general))  # the word hints at harm
    assert "refusal-bias" in alarms(run(tmp_path, general, policy=DECLINED))
    for row in general:
        row["chosen"] = "Pieces of that kind are things that I keep out of this."  # no scorer knows it, the rule does
    assert "refusal-bias" in alarms(run(tmp_path, general, policy=DECLINED))
    assert "refusal-bias" not in alarms(run(tmp_path, general))


def test_copies_are_one_annotators_only_where_annotators_are_named() -> None:
    import trimtab

    row = {"prompt": "q", "chosen": "a b", "rejected": "c d"}
    for judge, told in (({}, False), ({"judge": "eva"}, True)):
        (found,) = (each for each in trimtab.audit([{**row, **judge}] * 3).findings if each.id == "duplicate")
        assert ("by the same annotator" in found.summary) == told
