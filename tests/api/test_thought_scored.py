"""`score` scores what follows a thought, keeps the thought beside it, and judges no thought without an answer."""

import pytest

import trimtab as tt

NO = "I'm sorry, but I can't help with that."


@pytest.mark.case("F08", "thought before an answer is no part of it, whichever marks it stands between")
def test_the_answer_behind_a_thought_is_scored() -> None:
    rows = [
        {"prompt": "How?", "response": f"[THINK]First, second, third.[/THINK]{NO}"},
        {"prompt": "How?", "response": "<think>I could say that first you take"},
        {"prompt": "How?", "response": NO},
        {"prompt": "How?", "messages": [], "response": f"They ask how.\n</think>\n\n{NO}"},
    ]
    done = tt.score(rows, ["refusal", "words"])
    refusals, words = done.scores["refusal"], done.scores["words"]
    assert [one.label for one in refusals] == ["refuse", None, "refuse", "refuse"]
    assert [one.value for one in words] == [8, None, 8, 8]
    assert refusals[1].reason == words[1].reason == "thought only"
    assert [row.thought for row in done.read.kept] == [
        "First, second, third.",
        "I could say that first you take",
        None,
        "They ask how.",
    ]
    assert done.summary.endswith(
        "3 begin with a thought, which is not scored; 1 hold no answer behind it and are not judged"
    )


def test_marks_of_ones_own() -> None:
    rows = [{"response": "PLAN: take it all. REPLY: Yes."}]
    assert tt.score(rows, "words").scores["words"][0].value == 6
    done = tt.score(rows, "words", thought=["PLAN:...REPLY:"])
    assert done.scores["words"][0].value == 1
    assert (
        done.texts.evaluation.fingerprint["thought"] != tt.score(rows, "words").texts.evaluation.fingerprint["thought"]
    )
    with pytest.raises(tt.UserError, match="what opens a thought"):
        tt.score(rows, "words", thought=["PLAN"])
