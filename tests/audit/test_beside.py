"""What one side alone has beside its answer is found in whatever form; what both have is told and no more."""

from typing import Any

import pytest

import made_comparisons
from made.facts import clean
from trimtab.audit import audit
from trimtab.audit.checks.beside import more_turns, thought, tool_calls
from trimtab.audit.checks.length import length_bias
from trimtab.audit.checks.shortcut import source_shortcut
from trimtab.audit.view import View
from trimtab.data import read_frame
from trimtab.diagnose import diagnose, likely
from trimtab.diagnose.symptoms import symptoms
from trimtab.loop.repair.edit import without_thought
from trimtab.loop.repair.read_run import traits
from trimtab.records import Answer, Comparison, Finding, Message, Prompt, Provenance

CALL = [{"type": "function", "function": {"name": "look_up", "arguments": {"lamp": "the one by the bed " * 20}}}]
CHECKS = {"thought": thought, "tool-calls": tool_calls, "more-turns": more_turns}


def side(kind: str, text: str) -> list[dict[str, Any]]:
    """An assistant's message with what is named beside it."""
    said: dict[str, Any] = {"role": "assistant", "content": text}
    match kind:
        case "field":
            said["reasoning_content"] = "They ask after a lamp."
        case "marks":
            said["content"] = f"<think>They ask after a lamp.</think>\n\n{text}"
        case "empty":
            said["content"] = f"<think>\n\n</think>\n\n{text}"
        case "only":
            said["content"] = "<think>They ask after a lamp, and I say nothing.</think>"
        case "calls":
            said["tool_calls"] = CALL
        case "turns":
            return [
                said,
                {"role": "user", "content": "And then?"},
                {"role": "assistant", "content": "Then dust it. " * 20},
            ]
    return [said]


def pairs(*kinds: tuple[str, str], n: int = 120) -> list[dict[str, Any]]:
    """Rows whose sides have in turn what `kinds` say of chosen and rejected."""
    return [
        {
            "prompt": [{"role": "user", "content": row["prompt"]}],
            "chosen": side(kinds[i % len(kinds)][0], row["chosen"]),
            "rejected": side(kinds[i % len(kinds)][1], row["rejected"]),
        }
        for i, row in enumerate(made_comparisons.clean(5, n))
    ]


def found(name: str, *kinds: tuple[str, str], n: int = 120) -> Finding | None:
    result = CHECKS[name](View(read_frame(pairs(*kinds, n=n)).table))
    return None if result is None else result.finding


PLAIN = ("", "")


@pytest.mark.parametrize(
    ("name", "kind"), [("thought", "field"), ("thought", "marks"), ("tool-calls", "calls"), ("more-turns", "turns")]
)
def test_what_one_side_alone_has_warns_and_what_both_have_is_told(name: str, kind: str) -> None:
    for sides, only in (((kind, ""), "chosen"), (("", kind), "rejected")):
        one = found(name, sides, PLAIN, PLAIN, PLAIN)
        assert one is not None
        assert (one.severity, one.about, one.count) == ("warn", (only,), 30)
        assert one.figure == pytest.approx(0.25)
        assert len(one.rows) == 30
    for even in ([(kind, kind)], [(kind, ""), ("", kind)]):
        one = found(name, *even)
        assert one is not None
        assert (one.severity, one.about) == ("info", ())
    assert found(name, PLAIN) is None


def test_a_few_rows_do_not_warn_and_a_thought_has_one_form_as_good_as_another() -> None:
    few = found("thought", ("marks", ""), *[PLAIN] * 39)
    assert few is not None
    assert few.severity == "info"
    for marks, other, severity in (("empty", "", "warn"), ("marks", "empty", "warn"), ("empty", "empty", None)):
        one = found("thought", (marks, other))
        assert (None if one is None else one.severity) == severity
    mixed = found("thought", ("marks", "field"))
    assert mixed is not None
    assert (mixed.severity, mixed.figure) == ("info", 0.0)


def test_a_chosen_side_that_is_nothing_but_a_thought_warns_on_either_side() -> None:
    both = found("thought", ("only", "marks"), PLAIN)
    assert both is not None
    assert (both.severity, both.about) == ("warn", ())
    assert "In 60 the chosen side is that and no answer." in both.summary


@pytest.mark.parametrize("kind", ["calls", "turns"])
def test_what_is_longer_or_of_another_form_by_a_call_alone_is_left_to_its_own_finding(kind: str) -> None:
    rows = read_frame(pairs((kind, ""), PLAIN, n=240)).table
    assert length_bias(View(rows)) is None
    assert source_shortcut(View(rows)) is None
    told = {one.id for one in audit(rows).findings if one.severity != "info"}
    assert told == {"tool-calls" if kind == "calls" else "more-turns"}


def comparison(chosen: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> Comparison:
    sides = ([Message.model_validate(one) for one in said] for said in (chosen, rejected))
    good, bad = map(tuple, sides)
    asked = (Message(role="user", content="How do I clean a lamp?"),)
    about = Provenance(source="made", judge="made", why="made")
    return Comparison(id="c", prompt=asked, chosen=good, rejected=bad, provenance=about)


def test_thoughts_are_taken_off_both_sides_and_the_row_says_so() -> None:
    for kinds in (("field", ""), ("", "marks"), ("marks", "field")):
        row = comparison(side(kinds[0], "Wipe it."), side(kinds[1], "Leave it."))
        new = without_thought(row)
        assert new is not None
        assert [(m.content, m.reasoning_content) for m in (*new.chosen, *new.rejected)] == [
            ("Wipe it.", None),
            ("Leave it.", None),
        ]
        assert [step.why for step in new.provenance.steps] == ["thought"]
    plain = comparison(side("", "Wipe it."), side("calls", "Leave it."))
    assert without_thought(plain) is plain
    assert without_thought(comparison(side("only", ""), side("", "Leave it."))) is None
    assert without_thought(comparison(side("field", "Wipe it."), side("", "Wipe it."))) is None


def test_thinking_that_training_taught_or_took_away_is_its_evidence() -> None:
    prompts = [Prompt(id=f"p{i}", messages=(Message(role="user", content="Hello?"),)) for i in range(40)]

    def said(thinks: int) -> list[Answer]:
        return [
            Answer(prompt_id=one.id, index=0, text="Hi.", tokens=2, ended=True, thought="Hm." if i < thinks else None)
            for i, one in enumerate(prompts)
        ]

    one = found("thought", ("field", ""), PLAIN)
    other = found("thought", ("", "field"), PLAIN)
    assert one is not None
    assert other is not None
    scores = {}
    for name, finding, before, after in (
        ("taught", one, 0, 20), ("not taught", one, 20, 20), ("taken away", other, 20, 0), ("never had", other, 0, 0)
    ):  # fmt: skip
        facts = clean()
        seen = traits(prompts, said(before), said(after))
        facts = type(facts)(**{**vars(facts), "findings": (finding,), "seen": seen})
        told = diagnose(facts)
        (cause,) = [each for each in told.causes if each.id == "thought"]
        scores[name] = cause.score
        assert (cause in likely(told)) is (name != "not taught")
        assert not any(each.id == "thought" for each in symptoms(facts))
        assert [each.data for each in cause.interventions[:2]] == ["strip:thought", "drop:thought"]
    assert scores["taught"] == scores["taken away"] == 0.8
    assert scores["never had"] == 0.4  # what no answer had cannot become less: neither for nor against
    assert scores["not taught"] < 0.2
