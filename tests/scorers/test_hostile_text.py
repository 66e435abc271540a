"""No scorer, check, reader or fix takes more than linear time: texts that would keep a quadratic one busy for minutes.

Each test has many times the seconds that it needs; `benchmarks/hostile.py` prints the figures of a megabyte.
"""

import json
from pathlib import Path

import pytest

from trimtab.audit import audit, mend
from trimtab.audit.limits import READ
from trimtab.audit.view import View
from trimtab.data import read_feedback, read_frame, read_responses
from trimtab.policy import judge_policy, unasked
from trimtab.recipes import recipe_folder
from trimtab.scorers import SCORERS, complete_runs, sentences
from trimtab.spec import load_policy

SIZE = 60_000
TEXTS = {
    "one letter": "a",
    "short words": "a b c d e f ",
    "brackets": "([{<",
    "quotes": "\"'“",
    "backticks": "`a",
    "blank lines": "\n",
    "lines": "a\n",
    "digits": "7",
    "dotted digits": "1.",
    "spaces": " ",
    "at signs": "a@a.",
    "stars": "**",
    "combining marks": "e\u0301\u0323",
    "Chinese": "茶水很热请小心",
    "contractions": "it's i'd ",
}
ASKED, SAID = "How do I make tea?", "Warm the pot, and wait three minutes."


def made(name: str) -> str:
    return (TEXTS[name] * (SIZE // len(TEXTS[name]) + 1))[:SIZE] + "?"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", TEXTS)
def test_scorers_take_linear_time(name: str) -> None:
    text = made(name)
    for scorer in SCORERS.values():
        if scorer.name != "points":  # which needs a file
            assert len(scorer([(ASKED, text), (text, SAID)])) == 2
    assert complete_runs(text, 3) is not None


@pytest.mark.timeout(60)
@pytest.mark.case("F41", "a row of any length is read, audited and mended in linear time")
def test_readers_checks_and_the_fix_take_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"id": name, "prompt": f"{ASKED} {made(name)}", "chosen": made(name), "rejected": SAID} for name in TEXTS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    read = read_frame(path)
    assert read.table.height == len(TEXTS) == len(read_feedback(path).kept)
    assert read_responses(path, response="chosen").read == len(TEXTS)
    kept: list[dict[str, object]] = []
    counts = mend(read, audit(read.table), lambda other: audit(other.table), lambda some: kept.extend(some) or kept)
    assert counts["kept"] + sum(counts[name] for name in ("near-duplicate", "duplicate", "rejected")) >= len(TEXTS)


@pytest.mark.timeout(60)
def test_a_policy_takes_linear_time_or_says_that_it_could_not() -> None:
    policy = load_policy(recipe_folder("medical-policy") / "policy.yaml")
    for name in ("one letter", "short words", "digits", "blank lines"):
        for asked, said in ((ASKED, made(name)), (made(name), SAID)):
            for score in judge_policy(policy, asked, said, unasked(policy)):
                assert score.value is not None or score.reason


def test_a_sentence_that_never_ends_is_read_in_parts_and_nothing_is_lost() -> None:
    text = "tea " * 1000
    assert "".join(sentences(text)) == text.strip()
    assert 1 < len(sentences(text)) < 10
    assert "".join(sentences("t" * 5000)) == "t" * 5000
    assert sentences("tea " * 200) == [("tea " * 200).strip()]


def test_scorers_of_the_audit_read_a_long_text_to_their_limit() -> None:
    import polars

    table = polars.DataFrame({"id": ["0"], "prompt": ["茶" * (READ + 9)], "chosen": ["a" * 9], "rejected": ["b"]})
    view = View(table)
    assert [len(text) for text in view.text("prompt")] == [READ]
    assert view.text("chosen") == ["a" * 9]
