"""A judge against people: what is asked and kept, every figure of made judges, and parts of the items."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_judges import Scripted, as_people, of, pairs, singles

from trimtab.calibration import KeptVerdicts, Question, ScorerAsker, ask_all, calibration_of, corrected, questions
from trimtab.errors import UserError
from trimtab.records import Bias, Calibration, JudgeVerdict, Score
from trimtab.store import Journal


def named(found: Calibration) -> set[Bias]:
    return {each.bias for each in found.overall.biases if each.named}


def test_a_judge_that_says_what_people_say_is_right_and_sways_nowhere() -> None:
    found = of(pairs(80), Scripted(as_people))
    part = found.overall
    assert part.kappa.estimate == part.accuracy.estimate == 1
    assert part.flips is not None
    assert part.flips.estimate == 0
    assert named(found) == set()
    assert {each.bias for each in part.biases} == {"length", "self", "order", "noise"}


def test_one_that_likes_what_is_shown_first_flips_and_is_named() -> None:
    found = of(pairs(80), Scripted(lambda q: 1.0))
    assert found.overall.flips is not None
    assert found.overall.flips.estimate == 1
    bias = found.overall.bias("order")
    assert bias is not None
    assert bias.size.estimate == 1
    assert named(found) == {"order"}
    assert found.overall.accuracy.estimate == 0  # it prefers neither


@pytest.mark.parametrize("bias", ["length", "self"])
def test_what_it_follows_instead_of_people_is_named_by_its_size(bias: Bias) -> None:
    rng = np.random.default_rng(2)
    follows = {f"k{at}": bool(rng.random() < 0.4) for at in range(240)}

    def says(q: "object") -> float:
        item, shown = q.item, q.order[0]  # type: ignore[attr-defined]
        if not follows[item.key]:
            return as_people(q)  # type: ignore[arg-type]
        if bias == "self":
            return float(item.sources[shown] == "scripted")
        return float(len(item.answers[shown]) > len(item.answers[1 - shown]))

    found = of(pairs(240), Scripted(says))
    size = found.overall.bias(bias)
    assert size is not None
    assert size.size.low is not None
    assert size.size.high is not None
    assert size.size.low <= 0.4 <= size.size.high
    assert named(found) == {bias}


def test_noise_is_what_differs_when_asked_again() -> None:
    rng = np.random.default_rng(1)
    found = of(pairs(200), Scripted(lambda q: float(rng.random() < 0.5) if rng.random() < 0.3 else as_people(q)))
    noise = found.overall.bias("noise")
    assert noise is not None
    assert noise.named
    assert noise.size.estimate == pytest.approx(0.3 * 0.85, abs=0.08)


def test_accuracy_both_ways_and_the_curve_of_single_answers() -> None:
    labels = singles(200, people=2)
    wrong = {item.key for item in labels.items if item.label == 1 and int(item.key[1:]) % 4 == 0}
    judge = Scripted(lambda q: 0.2 if q.item.key in wrong else 0.1 + 0.8 * q.item.label, ordered=False)
    part = of(labels, judge).overall
    yes = sum(item.label == 1 for item in labels.items)
    assert part.sensitivity is not None
    assert part.sensitivity.estimate == pytest.approx(1 - len(wrong) / yes)
    assert part.specificity is not None
    assert part.specificity.estimate == 1
    assert part.people_alpha.estimate == 1
    assert part.alpha.estimate is not None
    assert part.alpha.estimate < 1
    assert sum(each.people.n for each in part.curve) == 200
    expected = (0.1 * (yes - len(wrong)) + 0.1 * (200 - yes) + 0.8 * len(wrong)) / 200
    assert part.error == pytest.approx(expected, abs=1e-9)


def test_each_rule_and_refusals_are_parts_of_their_own() -> None:
    labels = singles(60, rule=lambda at: "brief" if at % 3 else "true")
    found = of(labels, Scripted(lambda q: q.item.label if q.item.rule == "brief" else 1 - q.item.label, ordered=False))
    brief, true = found.of_rule("brief"), found.of_rule("true")
    assert brief is not None
    assert true is not None
    assert (brief.accuracy.estimate, true.accuracy.estimate) == (1, 0)
    assert brief.items + true.items == found.overall.items == 60
    assert found.of_rule("none") is None


def test_where_an_answer_refuses_is_a_part_of_its_own() -> None:
    labels = singles(30)
    refusing = tuple(replace(item, answers=("I cannot help.",)) for item in labels.items[:8])
    labels = replace(labels, items=(*refusing, *labels.items[8:]))
    found = of(labels, Scripted(lambda q: float("cannot" not in q.item.answers[0]), ordered=False))
    sizes = {each.name: each.items for each in found.parts if each.part == "refusals"}
    assert sizes == {"an answer refuses": 8, "no answer refuses": 22}


def test_people_at_odds_are_counted_and_settle_nothing() -> None:
    labels = singles(40, people=2)
    split = [each.key for each in labels.items[:10]]
    for item in labels.items[:10]:
        item.said["person 1"] = 1 - item.said["person 0"]  # type: ignore[index]
    part = of(labels, Scripted(lambda q: 1.0, ordered=False)).overall
    assert part.at_odds == len(split)
    assert part.accuracy.n == 30


def test_figures_beyond_0_and_1_need_to_be_told_from_where_it_says_yes() -> None:
    labels, judge = singles(30), Scripted(lambda q: 8 * q.item.label - 3, ordered=False)
    verdicts = ask_all(judge, questions(labels.items, ordered=False))
    with pytest.raises(UserError, match="go from -3 to 5"):
        calibration_of(labels, judge, verdicts)
    assert calibration_of(labels, judge, verdicts, at=1.0).overall.accuracy.estimate == 1


def test_what_is_kept_is_not_asked_again_and_what_could_not_be_judged_is(tmp_path: Path) -> None:
    labels, place = pairs(10), tmp_path / "v.jsonl"
    silent = Scripted(lambda q: None if q.item.key == "k3" else as_people(q))
    asked = questions(labels.items, ordered=True)
    assert len(asked) == 30

    def kept() -> Journal[JudgeVerdict]:
        return Journal(place, JudgeVerdict, lambda each: each.key)

    first = ask_all(silent, asked, kept())
    assert silent.asked == 30
    again = Scripted(as_people)
    second = ask_all(again, asked, kept())
    assert again.asked == 3
    same = [(a, b) for a, b in zip(first, second, strict=True) if a.item != "k3"]
    assert all(a == b for a, b in same)
    other = Scripted(as_people, fingerprint={"judge": "another"})
    ask_all(other, asked, kept())
    assert other.asked == 30  # another judge's word is not its own


def test_an_item_is_judged_where_both_orders_are() -> None:
    found = of(pairs(30), Scripted(lambda q: None if q.item.key == "k3" and q.order[0] == 1 else as_people(q)))
    assert (found.overall.items, found.overall.not_judged) == (29, 1)
    assert any("got no verdict" in note for note in found.notes)


def test_who_scored_either_answer_of_a_pair_stands_with_the_verdict() -> None:
    def scorer(rows: list[tuple[str, str]]) -> list[Score]:
        return [Score(scorer="s", value=float(n), served="one" if n < 3 else "two") for n in range(len(rows))]

    asked = [Question(item, (0, 1)) for item in pairs(3).items]
    found = ScorerAsker("s", scorer).ask(asked)  # type: ignore[arg-type]
    assert [each.served for each in found] == ["one", "one / two", "two"]


def test_verdicts_of_a_file_speak_of_its_own_rows(tmp_path: Path) -> None:
    from trimtab.data import read_labels

    rows = [{"id": f"r{at}", "prompt": f"q {at}", "first": f"tea {at}", "second": f"rain {at}"} for at in range(40)]
    sides = ["first" if at % 3 else "second" for at in range(40)]
    labels = read_labels([{**row, "preference": side} for row, side in zip(rows, sides, strict=True)])
    lines = [
        JudgeVerdict(item=f"r{at}", value=float(side == "first"), order=order)
        for at, side in enumerate(sides)
        for order in ((0, 1), (1, 0))
    ]
    place = tmp_path / "said.jsonl"
    place.write_text("".join(each.to_json() + "\n" for each in lines))
    judge = KeptVerdicts(place, labels)
    found = calibration_of(labels, judge, ask_all(judge, questions(labels.items, ordered=judge.ordered)))
    assert found.overall.accuracy.estimate == 1
    assert found.overall.flips is not None
    assert found.overall.flips.estimate == 0
    place.write_text('{"item": "r0", "value": 7}\n')
    with pytest.raises(UserError, match="of a pair it says 7"):
        KeptVerdicts(place, labels)


def test_a_rate_is_corrected_by_the_labels_of_its_own_answers() -> None:
    labels = singles(300)
    harsh = Scripted(lambda q: q.item.label * float(int(q.item.key[1:]) % 3 > 0), ordered=False)
    found = of(labels, harsh)
    rows = [(item.prompt, item.answers[0], item.label * float(at % 3 > 0)) for at, item in enumerate(labels.items)]
    others = [(f"another {at}", "text", float(at % 3 == 0)) for at in range(600)]
    made = corrected("score.x", [*rows, *others], found)
    assert made is not None
    assert made.labelled == 300
    raw = np.mean([value for *_, value in (*rows, *others)])
    assert made.figure.raw.estimate == pytest.approx(raw)
    assert made.figure.corrected.estimate > made.figure.raw.high
    assert corrected("score.x", others, found) is None
    assert "by the judge" in made.says


def test_nothing_is_said_of_twice_the_length_where_no_answer_is_so_long(tmp_path: Path) -> None:
    from trimtab.data import read_labels

    rows = [(n, n % 3 == 0) for n in range(60)]  # what is said yes to has eight words, the rest eleven
    labels = read_labels(
        [
            {"id": f"a{n}", "prompt": f"q {n}", "answer": " ".join(["so"] * (8 if yes else 11)), "label": n % 7 > 2}
            for n, yes in rows
        ]
    )
    place = tmp_path / "v.jsonl"
    place.write_text("".join(JudgeVerdict(item=f"a{n}", value=float(yes)).to_json() + "\n" for n, yes in rows))
    judge = KeptVerdicts(place, labels)
    found = calibration_of(labels, judge, ask_all(judge, questions(labels.items, ordered=False, again=0)))
    length = found.overall.bias("length")
    assert length is not None
    assert (length.size.estimate, length.named) == (None, False)
    place.write_text('{"item": "a0", "value": NaN}\n')
    with pytest.raises(UserError, match="no figure"):
        KeptVerdicts(place, labels)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"item": "i0", "value": 1, "order": [0, 5]}', r"Line 1: its order is \[0, 5\], and i0 has two answers"),
        ('{"item": "i0", "value": 1, "order": [0]}', r"its order is \[0\]"),
        ('{"item": "i0", "value": 1, "order": [1, 1]}', r"its order is \[1, 1\]"),
        ('{"item": "i0", "value": 1, "order": [0, 1, 2]}', "has two answers"),
        ('{"item": "i0", "value": 1, "showing": 3}', "its showing is 3"),
        ('{"item": "i0", "value": 1}\n{"item": "i0", "value": 0}', "Line 2: of i0, in this order and showing"),
        ('{"item": "i0", "value": 2}', "of a pair it says 2"),
        ('{"item": "nobody", "value": 1}', "None of them is of an item"),
    ],
)
def test_a_line_that_is_no_verdict_is_told_with_its_cause(line: str, why: str, tmp_path: Path) -> None:
    place = tmp_path / "v.jsonl"
    place.write_text(line + "\n")
    with pytest.raises(UserError, match=why):
        KeptVerdicts(place, pairs(3))
