"""From each type of supervision to what a method takes: nothing is lost, and every reject has its reason."""

from pathlib import Path
from typing import Any

import pytest

from trimtab.data import MADE_OF, counted, liked, to_comparisons, to_demonstrations, to_thumbs
from trimtab.records import (
    KINDS,
    Comparison,
    Completion,
    Critique,
    Demonstration,
    Edit,
    Kind,
    Message,
    Provenance,
    Ranking,
    Rating,
    Supervision,
    Thumb,
    text_of,
)

HELD = {"provenance": Provenance(source="f.jsonl", judge="Ann", why="kinder", when="2026-01-01")}


def asked(text: str) -> Completion:
    return (Message(role="user", content=text),)


def said(text: str) -> Completion:
    return (Message(role="assistant", content=text),)


def rating(name: str, answer: str, value: float, who: str | None = "Ann", prompt: str = "q", high: float = 5) -> Rating:
    return Rating(
        id=name, prompt=asked(prompt), completion=said(answer), rating=value, low=1, high=high, annotator=who, **HELD
    )


def thumb(name: str, answer: str, up: bool, prompt: str = "q") -> Thumb:
    return Thumb(id=name, prompt=asked(prompt), completion=said(answer), label=up, **HELD)


def ranking(name: str, *answers: str, ranks: tuple[int, ...] | None = None) -> Ranking:
    places = ranks or tuple(range(1, len(answers) + 1))
    return Ranking(id=name, prompt=asked("q"), completions=tuple(map(said, answers)), ranks=places, **HELD)


COMPARISON = Comparison(id="c", prompt=asked("q"), chosen=said("a"), rejected=said("b"), **HELD)
DEMONSTRATION = Demonstration(id="d", prompt=asked("q"), completion=said("a"), **HELD)
EDIT = Edit(id="e", prompt=asked("q"), before=said("b"), after=said("a"), **HELD)
CRITIQUE = Critique(id="k", prompt=asked("q"), completion=said("b"), critique="Stiff.", revision=said("a"), **HELD)
BARE = Critique(id="k2", prompt=asked("q"), completion=said("b"), critique="Stiff.", **HELD)


def pairs(*rows: Supervision, **margin: float) -> list[tuple[str, str]]:
    return [(item.chosen_text, item.rejected_text) for item in to_comparisons(rows, **margin).made]


def reasons(converted: Any) -> dict[str, str]:
    return {item.row: item.reason for item in converted.rejected}


ONE_OF_EACH: dict[str, list[Supervision]] = {
    "comparison": [COMPARISON],
    "critique": [CRITIQUE],
    "demonstration": [DEMONSTRATION],
    "edit": [EDIT],
    "ranking": [ranking("r", "a", "b")],
    "rating": [rating("x", "a", 5), rating("y", "b", 1)],
    "thumb": [thumb("u", "a", True), thumb("v", "b", False)],
}
MAKES: dict[Kind, Any] = {"comparison": to_comparisons, "demonstration": to_demonstrations, "thumb": to_thumbs}


def test_the_table_is_whole() -> None:
    assert set(MADE_OF) == set(MAKES)
    assert {kind for kinds in MADE_OF.values() for kind in kinds} == set(KINDS) == set(ONE_OF_EACH)


def test_the_guide_says_the_same_as_the_table() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text()
    table = guide[guide.index("## How one becomes another") :].split("\n\n")[0]
    header, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    wanted = [name.split("s (")[0] for name in header[1:]]
    told = {row[0]: {to for to, cell in zip(wanted, row[1:], strict=True) if cell.strip() != "–"} for row in rows}
    assert told == {kind: {to for to, kinds in MADE_OF.items() if kind in kinds} for kind in KINDS}


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@pytest.mark.parametrize("wanted", MADE_OF)
def test_the_table_says_what_the_functions_do(kind: Any, wanted: Kind) -> None:
    rows = ONE_OF_EACH[kind]
    found = MAKES[wanted](rows)
    assert all(type(item) is KINDS[wanted] for item in found.made)
    if kind in MADE_OF[wanted]:
        assert found.made
        assert found.rejected == ()
    else:
        assert found.made == ()
        assert set(reasons(found)) == {row.id for row in rows}
        for reason in reasons(found).values():
            assert f"makes no {wanted}" in reason


SAID: dict[str, Any] = {
    "source": "f.jsonl", "judge": "Ann", "why": "clearer", "rule": "no-dosage", "when": "2026-01-01", "margin": 0.5,
    "scores": {"words": (1.0, 2.0)}, "ended": (True, None), "annotator": "ann", "system": "be kind",
    "order": (1, 0), "shown_ms": 4200,
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@pytest.mark.parametrize("wanted", MADE_OF)
def test_what_was_said_stays_and_the_conversion_is_appended(kind: Any, wanted: Kind) -> None:
    rows = [row.model_copy(update={"provenance": Provenance(**SAID)}) for row in ONE_OF_EACH[kind]]
    if kind == "rating":
        rows = [row.model_copy(update={"annotator": "ann"}) for row in rows]
    for item in MAKES[wanted](rows).made:
        told = item.provenance.model_dump(exclude={"fingerprint", "probability"})  # of models that judge
        steps = told.pop("steps")
        if steps and len(steps[-1]["rows"]) > 1:  # each was shown in an order of its own
            assert (told.pop("order"), told.pop("shown_ms")) == ((), None)
        if kind == "rating":
            assert told.pop("margin") == 1.0  # the pair's own
        assert told == {name: value for name, value in SAID.items() if name in told}
        if item in rows:
            assert steps == ()
            continue
        assert steps[0]["made_of"] == kind
        assert {name for step in steps[:1] for name in step["rows"]} <= {row.id for row in rows}
        assert all(step["rule"] for step in steps)


def test_of_several_rows_everybody_is_told() -> None:
    said = {"Ann": ("kind", "2", thumb("u", "a", True)), "Bob": ("rude", "1", thumb("d", "b", False))}
    rows = [
        row.model_copy(update={"provenance": Provenance(source="f", judge=judge, why=why, when=when)})
        for judge, (why, when, row) in said.items()
    ]
    told = to_comparisons(rows).made[0].provenance
    assert (told.judge, told.why, told.when) == ("Ann; Bob", "kind; rude", "2")
    assert told.steps[0].rows == ("u", "d")
    rated = [("1", "a", 5, "ann"), ("2", "b", 1, "ann"), ("3", "a", 5, "bob"), ("4", "b", 2, "bob")]
    told = to_comparisons([rating(*each) for each in rated]).made[0].provenance
    assert told.annotator == "ann; bob"
    assert told.steps[0].rows == ("1", "3", "2", "4")


def test_each_step_of_a_chain_is_kept() -> None:
    steps = [step.made_of for step in to_thumbs([EDIT]).made[0].provenance.steps]
    assert steps == ["edit", "comparison"]
    (shown,) = liked([thumb("u", "a", True), thumb("v", "b", False)])
    assert (shown.provenance.why, shown.provenance.steps[0].rule) == ("kinder", "a liked answer")


def test_rankings_make_all_pairs_and_ties_are_skipped_and_counted() -> None:
    found = to_comparisons([ranking("r", "a", "b", "c", "d", ranks=(1, 2, 2, 3))])
    assert [(i.chosen_text, i.rejected_text) for i in found.made] == [
        ("a", "b"), ("a", "c"), ("a", "d"), ("b", "d"), ("c", "d"),
    ]  # fmt: skip
    assert len({item.id for item in found.made}) == 5
    assert found.notes == ("1 tied pairs of answers in rankings make no comparison.",)
    tied = to_comparisons([ranking("t", "a", "b", ranks=(1, 1)), ranking("s", "a", "a ")])
    assert tied.made == ()
    assert reasons(tied) == dict.fromkeys(("t", "s"), "all its answers are tied or alike")


def test_ratings_are_held_against_the_same_annotators_only() -> None:
    strict_and_mild = [
        rating("s1", "good", 2, "strict"),
        rating("s2", "bad", 1, "strict"),
        rating("m1", "bad", 4, "mild"),
        rating("m2", "worse", 3, "mild"),
    ]
    assert pairs(*strict_and_mild) == [("good", "bad"), ("bad", "worse")]  # not bad (4, mild) over good (2, strict)
    one = to_comparisons(strict_and_mild).made[0].provenance
    assert (one.judge, one.source, one.when, one.margin) == ("Ann", "f.jsonl", "2026-01-01", 0.25)
    assert one.why == "kinder"
    assert "rated 2 over 1" in one.steps[0].why


def test_annotators_who_rated_the_same_pair_are_averaged() -> None:
    def judged(ann: float, bob: float) -> list[tuple[str, str]]:
        return pairs(
            rating("1", "a", 3, "ann"), rating("2", "b", 3 - ann, "ann"),
            rating("3", "a", 3, "bob"), rating("4", "b", 3 - bob, "bob"),
        )  # fmt: skip

    assert judged(2, 1) == [("a", "b")]
    assert judged(2, -2) == []  # they contradict each other
    assert judged(2, -1) == []  # half a point of four, on the mean
    assert judged(-2, 0) == [("b", "a")]


def test_the_margin_is_a_share_of_the_scale_and_meets_itself() -> None:
    rows = [rating("x", "a", 4), rating("y", "b", 3)]  # a quarter of the scale from 1 to 5
    assert pairs(*rows, margin=0.25) == [("a", "b")]
    assert pairs(*rows, margin=0.26) == []
    assert pairs(rating("x", "a", 4, high=101), rating("y", "b", 3, high=101)) == []
    assert pairs(*rows) == [("a", "b")]  # the default
    assert pairs(rating("x", "a", 3), rating("y", "b", 3), margin=0.0) == []  # a tie is never a preference


def test_a_rating_that_makes_nothing_says_why() -> None:
    rows = [
        rating("ok1", "a", 5),
        rating("ok2", "b", 1),
        rating("near1", "a", 3, prompt="p"),
        rating("near2", "b", 3.5, prompt="p"),
        rating("single", "a", 5, prompt="o"),
        rating("stranger", "c", 5, "Zoe"),
    ]
    assert reasons(to_comparisons(rows)) == {
        "near1": "no other answer to its prompt is rated apart by 0.25 of the scale",
        "near2": "no other answer to its prompt is rated apart by 0.25 of the scale",
        "single": "no other answer to its prompt is rated",
        "stranger": "its annotator rated no other answer to its prompt",
    }


def test_an_annotators_repeated_ratings_of_an_answer_are_averaged() -> None:
    rows = [rating("1", "a", 5), rating("2", "a", 3), rating("3", "b", 3)]
    found = to_comparisons(rows)
    assert [(i.chosen_text, i.provenance.margin) for i in found.made] == [("a", 0.25)]
    assert found.rejected == ()


def test_thumbs_make_comparisons_where_a_prompt_has_both() -> None:
    rows = [
        thumb("1", "a", True), thumb("2", "b", False), thumb("3", "c", False),
        thumb("4", "a", True, "p"), thumb("5", "same", True, "o"), thumb("6", "same ", False, "o"),
    ]  # fmt: skip
    found = to_comparisons(rows)
    assert pairs(*rows) == [("a", "b"), ("a", "c")]
    assert reasons(found) == {
        "4": "the same prompt has no thumb the other way",
        "5": "the same answer has a thumb the other way",
        "6": "the same answer has a thumb the other way",
    }
    assert to_thumbs(rows).made == tuple(rows)


def test_edits_and_critiques() -> None:
    assert pairs(EDIT, CRITIQUE) == [("a", "b"), ("a", "b")]
    assert [text_of(item.completion) for item in to_demonstrations([EDIT, CRITIQUE]).made] == ["a", "a"]
    told = to_comparisons([CRITIQUE]).made[0].provenance
    assert (told.why, told.steps[0].why) == ("kinder", "Stiff.")
    for convert in (to_comparisons, to_demonstrations, to_thumbs):
        found: Any = convert([BARE])
        assert found.made == ()
        assert reasons(found) == {"k2": "the critique has no revision to train on"}
    unchanged = CRITIQUE.model_copy(update={"revision": said("b ")})
    assert reasons(to_comparisons([unchanged])) == {"k": "the revision changes nothing"}


def test_comparisons_feed_kto_and_sft() -> None:
    thumbs = to_thumbs([COMPARISON]).made
    assert [(item.id, text_of(item.completion), item.label) for item in thumbs] == [
        ("c/up", "a", True),
        ("c/down", "b", False),
    ]
    (shown,) = to_demonstrations([COMPARISON]).made
    assert (shown.id, text_of(shown.completion), shown.provenance.steps[0].rule) == ("c", "a", "the chosen side")


def test_a_shared_best_place_demonstrates_each() -> None:
    found = to_demonstrations([ranking("r", "a", "b", "c", ranks=(1, 1, 2)), ranking("s", "x", "y")])
    assert [(item.id, text_of(item.completion)) for item in found.made] == [("r/1", "a"), ("r/2", "b"), ("s", "x")]


def test_rows_in_words() -> None:
    assert counted([]) == "no row that can be used"
    assert counted([EDIT]) == "1 edit"
    assert counted([EDIT, thumb("u", "a", True), thumb("v", "b", False)]) == "1 edit and 2 thumbs"
    assert counted([EDIT, COMPARISON, BARE]) == "1 comparison, 1 critique and 1 edit"
