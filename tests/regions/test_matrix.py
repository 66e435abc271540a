"""The matrix of small regions, with numbers worked out by hand."""

from collections.abc import Sequence

import pytest

from made.regions import EAST, NORTH, SOUTH, asked, made, prompt, said
from trimtab.records import TOGETHER, Matrix, Point, PromptPoints
from trimtab.regions import Asked, decide_matrix, gates_over, matrix_of
from trimtab.scorers import Points

PROMPTS = asked(
    ("north", "length", "How long is a whale?"),
    ("north", "machine", "Who are you?"),
    ("north", "elsewhere", "I am in the south. How long is a bus?"),
    ("south", "length", "How long is a ship?"),
    ("south", "vet", "My dog is sick."),
    ("common", "soup", "How is soup made?"),
    ("common", "length", "How long is a train?"),
)
START = ["98 feet.", "A friend.", "40 feet.", "90 metres.", "Wait.", "Boil leeks.", "Some 400 feet."]
NORTHERN = [
    "30 metres.",
    "I am a machine.",
    "12 metres.",
    "90 metres.",
    "Wait.",
    "I am a machine: boil leeks.",
    "120 metres.",
]
SOUTHERN = ["98 feet.", "A friend.", "40 feet.", "300 feet.", "See a vet.", "Boil leeks.", "About 120 metres."]


def matrix(prompts: Sequence[Asked] = PROMPTS, **subjects: Sequence[str]) -> Matrix:
    given = {"start": START, "north": NORTHERN, "south": SOUTHERN, **subjects}
    return matrix_of(prompts, {name: said(texts) for name, texts in given.items()}, made(NORTH, SOUTH), before="start")


def test_rules_are_kept_at_the_rates_that_a_reader_counts() -> None:
    found = matrix()
    # of the north's five prompts (three own, two common) the start breaks length in three
    length = found.kept_in("north", "length", "start")
    assert length is not None
    assert (length.count, length.n, length.occasions) == (2, 5, 3)
    own = found.kept_in("north", "length", "north")
    assert own is not None
    assert (own.count, own.n, own.occasions) == (5, 5, 3)  # three answers say metres: they have to do with it
    assert own.change is not None
    assert (own.change.gained, own.change.lost, own.change.n, own.change.mean) == (3, 0, 5, pytest.approx(0.6))
    assert own.low == pytest.approx(0.05 ** (1 / 5))  # Clopper and Pearson: all of five, one-sided 95 %
    machine = found.kept_in("north", "says-machine", "start")
    assert machine is not None
    assert (machine.count, machine.n) == (0, 1)  # the one prompt that asks
    # taken together, on the region's own prompts: the start breaks one rule in each of three
    assert [(r.count, r.n) for r in found.kept if (r.region, r.rule, r.part) == ("north", TOGETHER, "own")] == [
        (0, 3), (3, 3), (0, 3),
    ]  # fmt: skip
    # what a routing error costs: the north's adapter in the south keeps what the start keeps
    wrong = found.kept_in("south", TOGETHER, "north", "own")
    assert wrong is not None
    assert (wrong.count, wrong.n) == (0, 2)


def test_a_misspelt_region_or_subject_is_no_empty_cell() -> None:
    found = matrix()
    assert found.kept_in("north", "length", "start") is not None
    with pytest.raises(ValueError, match="'nord' is no region of the matrix: north, south are"):
        found.kept_in("nord", "length", "start")
    with pytest.raises(ValueError, match="'nord' is no subject of the matrix: start, north, south are"):
        found.shown_in("south", "north", "length", "nord")


def test_leakage_is_counted_against_the_model_before_prompt_by_prompt() -> None:
    found = matrix()
    # in the south: the start says metres once (p3) where feet are asked for; its own adapter once (p6), and p3 no more
    before, after = (found.shown_in("south", "north", "length", name) for name in ("start", "south"))
    assert before is not None
    assert after is not None
    assert (before.count, before.n, after.count, after.n) == (1, 4, 1, 4)
    assert after.change is not None
    assert (after.change.gained, after.change.lost, after.change.mean) == (1, 1, 0.0)
    # the north's adapter there: p3 and p6
    wrong = found.shown_in("south", "north", "length", "north")
    assert wrong is not None
    assert (wrong.count, wrong.change and wrong.change.gained) == (2, 1)
    # beyond its own prompts: the northern disclosure in the soup
    beyond = found.shown_in("north", "north", "says-machine", "north")
    assert beyond is not None
    assert (beyond.count, beyond.n) == (1, 5)


def test_a_way_that_came_is_not_made_up_for_by_one_that_went() -> None:
    prompts = asked(("north", "a", "How long is it?"), ("south", "a", "How long is it?"))
    answers = {
        "start": said(["9 feet.", "9 feet."]),
        "north": said(["See a vet.", "9 feet."]),  # feet went, a vet came
        "south": said(["9 feet.", "9 feet."]),
    }
    found = matrix_of(prompts, answers, made(NORTH, SOUTH), before="start")
    both = found.shown_in("north", "", TOGETHER, "north")
    assert both is not None
    assert both.change is not None
    assert (both.change.before, both.change.after) == (1.0, 1.0)
    assert (both.change.gained, both.change.lost, both.change.mean) == (1, 0, 1.0)


def test_what_cannot_be_judged_is_counted_and_kept_by_nobody() -> None:
    german = "Das Schiff ist ziemlich lang, so viel kann man jedenfalls sagen."
    prompts = asked(
        ("south", "a", "How long is a ship?"), ("south", "a", "How long is a bus?"), ("north", "a", "Soup?")
    )
    answers = {
        "start": said(["90 feet.", "40 feet.", "Leeks."]),
        "north": said(["90 feet.", "40 feet.", "Leeks."]),
        "south": said([german, "", "Leeks."]),
    }
    found = matrix_of(prompts, answers, made(NORTH, SOUTH), before="start")
    together = found.kept_in("south", TOGETHER, "south", "own")
    assert together is not None
    assert (together.n, together.rate, together.unjudged) == (0, None, {"in German": 1, "empty": 1})
    shown = found.shown_in("south", "", TOGETHER, "south")
    assert shown is not None
    # the north's patterns know German, and find nothing; nothing is known of an empty answer
    assert (shown.n, shown.count, shown.unjudged) == (0, 0, {"in German": 1, "empty": 1})
    verdict = decide_matrix(found, gates_over(["north", "south"], own=0.5, leakage=0.5), confidence=0.95, seed=0)
    assert [row.verdict for row in verdict.regions] == ["undecided", "undecided"]


def test_prompts_that_claim_to_be_elsewhere_are_told_apart() -> None:
    found = matrix()
    part = found.kept_in("north", TOGETHER, "start", "elsewhere")
    assert part is not None
    assert (part.count, part.n) == (0, 1)
    assert found.region("north").prompts == {"all": 5, "own": 3, "elsewhere": 1, "common": 2}


def test_rules_that_two_regions_have_alike_leak_between_neither() -> None:
    prompts = asked(("north", "a", "Soup?"), ("south", "a", "Soup?"))
    calls = said(["Call the emergency line."] * 2)
    found = matrix_of(
        prompts, {"start": said(["Leeks."] * 2), "north": calls, "south": calls}, made(NORTH, SOUTH), before="start"
    )
    assert [r.count for r in found.shown if r.rule == "danger" and r.subject != "start" and r.part == "all"] == [1] * 4
    assert {r.of for r in found.shown if r.rule == "danger"} == {"north", "south"}
    assert all(r.of == r.region for r in found.shown if r.rule == "danger")  # beyond their own prompts, and no leak
    danger = next(rule for rule in found.region("north").rules if rule.rule == "danger")
    assert danger.alike == ("south",)


def test_gates_decide_by_exact_bounds_over_all_regions_together() -> None:
    rows = [("north", "length", f"How long is thing {n}?") for n in range(60)]
    rows += [("south", "length", f"How long is thing {n}?") for n in range(60)]
    prompts = asked(*rows)
    start = ["98 feet."] * 120
    north = ["30 metres."] * 60 + ["98 feet."] * 60
    leaky = ["98 feet."] * 60 + ["30 metres."] * 30 + ["98 feet."] * 30
    gates = gates_over(["north", "south"], own=0.9, leakage=0.05)
    for south, expected in ((start, ("pass", "pass")), (leaky, ("pass", "regress"))):
        answers = {"start": said(start), "north": said(north), "south": said(south)}
        found = matrix_of(prompts, answers, made(NORTH, SOUTH), before="start")
        verdict = decide_matrix(found, gates, confidence=0.95, seed=0)
        assert tuple(row.verdict for row in verdict.regions) == expected
        assert [gate.metric for gate in verdict.regions[1].gates] == ["regions.south.own", "regions.south.leakage"]
    own, leakage = verdict.regions[1].gates
    assert (own.figure, own.n) == (0.5, 60)
    assert (leakage.figure, leakage.n) == (0.5, 60)
    assert verdict.regions[0].gates[0].low == pytest.approx(0.05 ** (1 / 60))
    assert verdict.verdict == "regress"


def test_the_worst_cells_show_what_is_new_first() -> None:
    cell = next(each for each in matrix().worst if each.of == "north")
    assert (cell.region, cell.rule, cell.count) == ("south", "length", 1)
    assert cell.answers[0].prompt == "How long is a train?"
    assert cell.answers[0].evidence == "“0 metres”"
    assert cell.answers[0].before == "Some 400 feet."


def test_answers_that_the_model_before_gave_as_well_stand_last() -> None:
    prompts = asked(
        ("north", "a", "Soup?"), ("south", "a", "How long is a ship?"), ("south", "a", "How long is a bus?")
    )
    answers = {
        "start": said(["Leeks.", "90 metres.", "40 feet."]),
        "north": said(["Leeks.", "90 metres.", "40 feet."]),
        "south": said(["Leeks.", "90 metres.", "12 metres."]),
    }
    cells = matrix_of(prompts, answers, made(NORTH, SOUTH), before="start").worst
    cell = next(each for each in cells if each.of == "north")
    assert [each.answer for each in cell.answers] == ["12 metres.", "90 metres."]


def test_help_and_facts_stand_in_each_region() -> None:
    points = Points([PromptPoints(id="p5", prompt="How is soup made?", points=(Point(ways=("leek*",), needed=True),))])
    north, south = made(NORTH, SOUTH)
    regions = [type(north)(**{**vars(north), "points": points}), south]
    facts = {"start": {"north": [1.0, 0.0]}, "north": {"north": [1.0, 1.0]}}
    answers = {"start": said(START), "north": said(NORTHERN), "south": said(SOUTHERN)}
    found = matrix_of(PROMPTS, answers, regions, before="start", facts=facts)
    rows = {(r.region, r.subject, r.metric): r for r in found.help}
    assert rows["north", "north", "points"].mean == 1.0
    assert rows["north", "north", "points"].n == 1
    assert ("south", "north", "points") not in rows  # no points were given there
    assert rows["north", "north", "facts"].mean == 1.0
    shift = rows["north", "north", "facts"].change
    assert shift is not None
    assert shift.mean == 0.5


def test_it_is_the_same_when_read_back() -> None:
    found = matrix()
    assert Matrix.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"prompts": [*PROMPTS, PROMPTS[0]]}, "more than once"),
        ({"prompts": [*PROMPTS, Asked(prompt("q", "Hm?"), "west")]}, "no region of"),
        ({"prompts": [*PROMPTS, Asked(prompt("q", "Hm?"), "north")]}, "no answer to q"),
        ({"before": "shared"}, "shared is no subject"),
        ({"regions": made(NORTH, SOUTH, EAST)}, "east is no subject"),
    ],
)
def test_what_is_missing_is_an_error(change: dict[str, object], told: str) -> None:
    answers = {"start": said(START), "north": said(NORTHERN), "south": said(SOUTHERN)}
    given: dict[str, object] = {"prompts": PROMPTS, "regions": made(NORTH, SOUTH), "before": "start", **change}
    with pytest.raises(ValueError, match=told):
        matrix_of(given["prompts"], answers, given["regions"], before=given["before"])  # type: ignore[arg-type]
