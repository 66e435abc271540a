"""Rows of other tools and of published sets say in trimtab's columns what they say in their own, and nothing else."""

from typing import Any

import pytest

from forms_of_others import (
    ASK,
    COMPARISONS,
    CRITIQUES,
    DEMONSTRATIONS,
    EDITS,
    GOOD,
    HUMAN,
    KNOWN,
    POOR,
    RATINGS,
    REFUSED,
    ROWS,
    STEERED,
    THUMBS,
    TOOL,
    completion,
    said,
    shared,
)
from reading import the, why_not
from trimtab.data import FORMS, Told, form_named, form_of, read_comparisons, read_feedback, read_frame
from trimtab.errors import UserError
from trimtab.records import Comparison, Critique, Demonstration, Edit, Ranking, Rating, Thumb, text_of


@pytest.mark.parametrize(("name", "row"), KNOWN)
def test_a_row_is_of_one_form_by_its_look(name: str, row: dict[str, Any]) -> None:
    columns = frozenset(row)
    claims = [
        form.name
        for form in FORMS
        if not form.only_named and form.needs <= columns and form.might(columns) and form.looks_like(row)
    ]
    assert claims == [name]
    assert form_of(row) is form_named(name)


def test_every_form_that_is_known_by_its_look_has_a_row_here() -> None:
    assert {name for name, _ in KNOWN} == {form.name for form in FORMS if not form.only_named}


@pytest.mark.case("F28", "preference data in the forms of others is read as those who wrote it meant it")
@pytest.mark.parametrize(("name", "row"), COMPARISONS.items())
def test_what_is_preferred_stays_preferred(name: str, row: dict[str, Any]) -> None:
    made = read_comparisons([row])
    assert made.rejected == ()
    (pair,) = made.kept
    assert (text_of(pair.prompt), pair.chosen_text, pair.rejected_text) == (ASK, GOOD, POOR)
    (line,) = made.forms
    assert line.startswith(f"{name}: ")
    assert line.endswith("(1 row)")


@pytest.mark.case("openai-preference.jsonl", "the preferred output over the other, with the input's tools")
@pytest.mark.parametrize("tools", [[], [{"type": "function", "function": TOOL}]], ids=["none", "one"])
def test_openais_preferences(tools: list[Any]) -> None:
    row = COMPARISONS["OpenAI preference"]
    kept = the(row | {"input": {**row["input"], "tools": tools}})
    assert isinstance(kept, Comparison)
    assert (text_of(kept.prompt), kept.chosen_text, kept.rejected_text) == (ASK, GOOD, POOR)
    assert kept.prompt[0].model_dump().get("tools") == (tools or None)


@pytest.mark.case("helpsteer3.jsonl", "below zero the first answer is better, above it the second, zero is a tie")
@pytest.mark.parametrize(("preference", "better"), [(-3, GOOD), (-1, GOOD), (1, POOR), (3, POOR), (0, None)])
def test_helpsteer3s_sign_says_which_side(preference: int, better: str | None) -> None:
    row = COMPARISONS["HelpSteer3"] | {"overall_preference": preference, "individual_preference": None}
    if better is None:
        assert why_not(row).startswith("a tie: ")
    else:
        kept = the(row)
        assert isinstance(kept, Comparison)
        assert (text_of(kept.prompt), kept.chosen_text) == (ASK, better)


@pytest.mark.case(
    "ultrafeedback-binarized.jsonl", "the prompt that both sides begin with is the prompt, with its system"
)
@pytest.mark.parametrize("before", [[], [{"role": "system", "content": "Be brief."}]], ids=["plain", "system"])
def test_both_sides_begin_with_the_prompt(before: list[Any]) -> None:
    row = COMPARISONS["UltraFeedback binarized"]
    kept = the(row | {name: [*before, *row[name]] for name in ("chosen", "rejected", "messages")})
    assert isinstance(kept, Comparison)
    assert [message.role for message in kept.prompt] == [*(one["role"] for one in before), "user"]
    assert (kept.prompt[-1].content, kept.chosen_text, kept.rejected_text) == (ASK, GOOD, POOR)


@pytest.mark.parametrize("row", COMPARISONS.values(), ids=COMPARISONS)
def test_the_frame_of_an_audit_holds_the_same(row: dict[str, Any]) -> None:
    framed = read_frame([row])
    assert framed.table.select("prompt", "chosen", "rejected").rows() == [(ASK, GOOD, POOR)]
    assert framed.forms == read_comparisons([row]).forms
    assert len(list(framed.rows())) == 1


@pytest.mark.case("prodigy-accept-reject.jsonl", "accept and reject are thumbs on the answer, and no answers")
@pytest.mark.parametrize("row", THUMBS.values(), ids=THUMBS)
def test_thumbs_are_thumbs(row: dict[str, Any]) -> None:
    kept = the(row)
    assert isinstance(kept, Thumb)
    assert (text_of(kept.prompt), text_of(kept.completion), kept.label) == (ASK, GOOD, True)


@pytest.mark.case("helpsteer2.jsonl", "ratings on the scale of the set's own card")
@pytest.mark.parametrize(("row", "figures"), RATINGS.values(), ids=RATINGS)
def test_ratings_stand_on_their_own_scale(row: dict[str, Any], figures: tuple[float, float, float]) -> None:
    kept = the(row)
    assert isinstance(kept, Rating)
    assert (kept.rating, kept.low, kept.high) == figures
    assert (text_of(kept.prompt), text_of(kept.completion)) == (ASK, GOOD)


@pytest.mark.parametrize("row", DEMONSTRATIONS.values(), ids=DEMONSTRATIONS)
def test_conversations_alone_are_demonstrations(row: dict[str, Any]) -> None:
    kept = the(row)
    assert isinstance(kept, Demonstration)
    assert (text_of(kept.prompt), text_of(kept.completion)) == (ASK, GOOD)


@pytest.mark.parametrize("row", EDITS.values(), ids=EDITS)
def test_edits_are_edits(row: dict[str, Any]) -> None:
    kept = the(row)
    assert isinstance(kept, Edit)
    assert (text_of(kept.prompt), text_of(kept.before), text_of(kept.after)) == (ASK, POOR, GOOD)
    assert kept.provenance.why == "Names the bird.\nNames no bird.\nSays too little."


@pytest.mark.parametrize("row", CRITIQUES.values(), ids=CRITIQUES)
def test_critiques_are_of_the_answer_that_they_were_written_of(row: dict[str, Any]) -> None:
    kept = read_feedback([row]).kept
    assert [(text_of(one.completion), one.critique) for one in kept if isinstance(one, Critique)] == [
        (POOR, "Names no bird."),
        (GOOD, "Right, and short."),
    ]


@pytest.mark.parametrize(("row", "why"), REFUSED.values(), ids=REFUSED)
def test_what_says_nothing_of_an_answer_is_refused_by_name(row: dict[str, Any], why: str) -> None:
    assert why in why_not(row)


def test_what_was_recognised_is_one_line() -> None:
    rows = [{"prompt": ASK, "response": text, **STEERED} for text in (GOOD, POOR)]
    assert read_feedback(rows).forms == ("HelpSteer2: ratings 0–4, helpfulness (2 rows)",)


TIES: dict[str, dict[str, Any]] = {
    "HelpSteer2 preference": {"preference_strength": 0},
    "HelpSteer3": {"overall_preference": 0},
    "LMArena": {"winner": "tie (bothbad)"},
    "LMArena battles": {"winner_model_b": 0, "winner_tie": 1},
    "Nectar": {"answers": [{"answer": GOOD, "rank": 1}, {"answer": POOR, "rank": 1}]},
    "RLHFlow": {"rewards": [0.5, 0.5]},
    "RLHFlow pairs": {"chosen_score": 1, "rejected_score": 1},
    "UltraFeedback binarized": {"score_rejected": 8.5},
    "distilabel": {"ratings": [4, 4]},
    "distilabel pairs": {"chosen_rating": 3, "rejected_rating": 3},
}


@pytest.mark.case("ties.jsonl", "equal scores are a tie and no comparison")
@pytest.mark.parametrize(("name", "tied"), TIES.items())
def test_a_tie_is_no_comparison(name: str, tied: dict[str, Any]) -> None:
    assert why_not(COMPARISONS[name] | tied).startswith("a tie: ")


def test_equal_sides_of_a_distilabel_tie_are_rejected() -> None:
    same = COMPARISONS["distilabel pairs"]["chosen"]
    assert why_not(COMPARISONS["distilabel pairs"] | {"rejected": same}) == "both sides are equal"


def test_a_chosen_side_that_is_scored_lower_is_rejected() -> None:
    assert "chosen side is scored 1" in why_not(COMPARISONS["RLHFlow pairs"] | {"chosen_score": 1, "rejected_score": 2})


@pytest.mark.parametrize(("strength", "better"), [(-3, "first"), (-1, "first"), (1, "second"), (3, "second")])
def test_the_sign_of_a_preference_names_the_side(strength: int, better: str) -> None:
    for form, names in (("HelpSteer2 preference", ("response_1", "response_2", "preference_strength")),
                        ("HelpSteer3", ("response1", "response2", "overall_preference"))):  # fmt: skip
        row = COMPARISONS[form] | dict(zip(names, ("first", "second", strength), strict=True))
        kept = the(row | {"individual_preference": None})
        assert isinstance(kept, Comparison)
        assert kept.chosen_text == better
    assert "from -3 to 3" in why_not(COMPARISONS["HelpSteer3"] | {"overall_preference": 4})


def test_help_and_safety_are_two_questions() -> None:
    row = COMPARISONS["PKU-SafeRLHF"] | {"safer_response_id": 0}
    assert "say which counts" in why_not(row)
    for form, chosen in (("PKU-SafeRLHF better", GOOD), ("pku saferlhf safer", POOR)):
        kept = the(row, form=form)
        assert isinstance(kept, Comparison)
        assert kept.chosen_text == chosen
    assert "names no answer" in why_not(row | {"better_response_id": -1})


CONTRADICTIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "safe and a category": ("BeaverTails", {"category": {"drugs": False, "violence": True}}, "violence"),
    "safe and a category of PKU": ("BeaverTails", {"harm_category": {"Violence": True}}, "Violence"),
    "safe and a list": ("BeaverTails", {"category": ["violence"]}, "violence"),
    "safe and a list as text": ("BeaverTails", {"category": '["violence"]'}, "violence"),
    "safe and severe": ("BeaverTails", {"severity_level": 3}, "`severity_level` is 3"),
    "unsafe and not severe": ("BeaverTails", {"is_safe": False, "severity_level": 0}, "`is_safe` is false"),
    "a safe answer's category": ("PKU-SafeRLHF", {"response_0_harm_category": {"v": True}}, "response_0_harm_category"),
    "a safe answer's severity": ("PKU-SafeRLHF", {"response_1_severity_level": 2}, "response_1_severity_level"),
    "the unsafe one is safer": ("PKU-SafeRLHF", {"is_response_1_safe": False}, "0 the safer one"),
    "the severer one is safer": (
        "PKU-SafeRLHF",
        {"is_response_0_safe": False, "is_response_1_safe": False, "response_0_severity_level": 1,
         "response_1_severity_level": 3},
        "0 the safer one",
    ),
    "all people against": ("HelpSteer3", {"individual_preference": [{"score": 1}, {"score": 2}]}, "prefer the other"),
    "all people against in HelpSteer2": (
        "HelpSteer2 preference", {"all_preferences_unprocessed": [{"strength": -1}]}, "prefer the other",
    ),
    "equal answers in a ranking": ("RLHFlow", {"responses": [GOOD, GOOD]}, "two of its answers are equal"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_row_that_contradicts_itself_is_refused_by_name(name: str) -> None:
    form, more, told = CONTRADICTIONS[name]
    row = (COMPARISONS.get(form) or THUMBS[form]) | more
    assert told in why_not(row)
    assert "contradicts itself" in why_not(row)


def test_what_agrees_is_read() -> None:
    beaver = THUMBS["BeaverTails"]
    assert the(beaver | {"category": {"violence": False}, "severity_level": 0})
    assert the(beaver | {"is_safe": False, "category": {"violence": True}, "severity_level": 2})
    assert the(COMPARISONS["PKU-SafeRLHF"] | {"is_response_0_safe": False, "response_0_severity_level": 1})
    assert the(COMPARISONS["HelpSteer3"] | {"individual_preference": [{"score": 1}, {"score": -2}]})
    assert the(COMPARISONS["RLHFlow"] | {"responses": [GOOD, GOOD, POOR], "rewards": [1, 1, 0]})


def test_an_aspect_that_does_not_apply_is_left_out_for_all_answers_of_a_row() -> None:
    row = {
        "instruction": ASK,
        "completions": [
            completion(GOOD, helpfulness="5", honesty="N/A"),
            completion(POOR, helpfulness="2", honesty="5"),
            completion("Nobody rated this.", helpfulness="N/A", honesty="N/A"),
        ],
    }
    found = read_feedback([row])
    assert [(row.rating, row.high) for row in found.kept if isinstance(row, Rating)] == [(5, 5), (2, 5)]
    (reject,) = found.rejected
    assert (reject.row, found.read) == ("row 1/3", 3)
    honest = read_feedback([row], Told(form="UltraFeedback honesty"))
    assert [row.rating for row in honest.kept if isinstance(row, Rating)] == [5]


def test_other_aspects_are_read_by_name() -> None:
    kept = the({"prompt": ASK, "response": GOOD, **STEERED}, form="HelpSteer2 correctness")
    assert isinstance(kept, Rating)
    assert kept.rating == STEERED["correctness"]
    with pytest.raises(UserError, match="No form has that name"):
        read_feedback([{}], Told(form="HelpSteer9"))


def test_further_turns_of_helpsteer_are_turns() -> None:
    asked = f"Hello.\n<extra_id_1>Assistant\nHi!\n<extra_id_1>User\n{ASK}"
    kept = the({"prompt": asked, "response": GOOD, **STEERED})
    assert [message.role for message in kept.prompt] == ["user", "assistant", "user"]
    assert kept.prompt[-1].content == ASK


@pytest.mark.case("trl-stepwise.jsonl", "steps are one solution, wrong where one of them is")
def test_steps_are_one_solution() -> None:
    kept = the({"prompt": ASK, "completions": ["One.", "Two.", "Three."], "labels": [True, False, True]})
    assert isinstance(kept, Thumb)
    assert (text_of(kept.completion), kept.label) == ("One.\nTwo.\nThree.", False)
    assert kept.provenance.why == "step 2 of 3 is wrong"
    assert "not all true or false" in why_not({"prompt": ASK, "completions": ["One."], "labels": [0.5]})
    marks = [said("+"), [{"role": "user", "content": "Step 2"}], said("-")]
    assert "marks of the steps" in why_not({"conversations": [*HUMAN, *(turn for turns in marks for turn in turns)]})


@pytest.mark.case("responses-rewards.jsonl", "the highest reward is the best, wherever it stands")
def test_the_best_score_wins_wherever_it_stands() -> None:
    kept = the({"prompt": ASK, "responses": ["low", "high", "none", "middle"], "rewards": [-2.0, 4.0, None, 0.5]})
    assert isinstance(kept, Ranking)
    assert [text_of(said) for said in kept.completions] == ["high", "middle", "low"]
    assert kept.provenance.why == "1 of 4 answers are not scored"


def test_a_log_of_grpo_compares_within_a_step_alone() -> None:
    rows = [
        {"step": step, "prompt": ASK, "completion": text, "my_reward": 9.0, "advantage": advantage}
        for step, text, advantage in ((1, "a", 0.7), (1, "b", -0.7), (2, "c", -1.0), (2, "d", 1.0), (3, "alone", 1.0))
    ]
    made = read_comparisons(rows)
    assert {(pair.chosen_text, pair.rejected_text) for pair in made.kept} == {("a", "b"), ("d", "c")}
    assert [reject.reason for reject in made.rejected] == ["1 of its 1 answers are scored: nothing to compare"]
    assert made.forms[0].endswith("(5 rows)")


def test_turns_that_were_not_judged_are_not_compared() -> None:
    talk = [*HUMAN, *said(GOOD), {"role": "user", "content": "And then?"}, *said("Nothing.")]
    other = [*HUMAN, *said(POOR), {"role": "user", "content": "And then?"}, *said("More.")]
    row = COMPARISONS["LMArena"] | {"winner": "model_a", "conversation_a": talk, "conversation_b": other}
    first = the(row | {"turn": 1})
    assert isinstance(first, Comparison)
    assert (first.chosen_text, first.rejected_text) == (GOOD, POOR)
    both = the(row | {"turn": 2})
    assert isinstance(both, Comparison)
    assert len(both.chosen) == 3


def test_a_prompt_that_both_sides_do_not_begin_with_is_told() -> None:
    row = COMPARISONS["TRL, whole conversations"] | {"prompt": "Something else?"}
    assert "do not begin with the prompt" in why_not(row)


def test_a_system_message_beside_a_conversation_is_kept() -> None:
    for row in (
        DEMONSTRATIONS["ShareGPT"] | {"system": "Be brief."},
        DEMONSTRATIONS["Alpaca"] | {"system": "Be brief."},
        COMPARISONS["distilabel"] | {"system_prompt": "Be brief."},
    ):
        assert the(row).prompt[0].content == "Be brief."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (COMPARISONS["ms-swift"] | {"images": ["cat.png"]}, "`images`: only text is read"),
        (DEMONSTRATIONS["ShareGPT"] | {"audios": ["a.wav"]}, "`audios`: only text is read"),
        (DEMONSTRATIONS["ShareGPT"] | {"tools": "weather"}, "`tools` is no list of tools"),
        ({"conversations": [shared("human", ASK), shared("critic", "no")]}, "a turn is from 'critic'"),
        (COMPARISONS["ms-swift"] | {"margin": 0.0}, "not better"),
        ({"messages": HUMAN, "rejected_response": POOR}, "no answer behind"),
        ({"conversations": [shared("human", ASK)]}, "does not end with an assistant's answer"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(row: dict[str, Any], reason: str) -> None:
    assert reason in why_not(row)


def test_lists_of_media_that_are_empty_are_none() -> None:
    assert isinstance(the(COMPARISONS["ms-swift"] | {"images": []}), Comparison)


def test_rows_of_another_form_than_was_said_are_rejected() -> None:
    assert why_not(COMPARISONS["HelpSteer3"], form="Nectar") == "no row of Nectar: it has no answers and no prompt"


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, row in ROWS if name != "TRL GRPO log"])
def test_a_column_that_a_form_does_not_know_goes_along(name: str, row: dict[str, Any]) -> None:
    assert [made["grade"] for made in form_named(name).rows(row | {"grade": 2})] == [2]


def test_a_form_is_left_alone_where_rows_are_trimtabs_own() -> None:
    for row in (
        {"prompt": ASK, "chosen": GOOD, "rejected": POOR},
        {"prompt": ASK, "completion": GOOD, "rating": 3, "low": 1, "high": 5},
        {"prompt": ASK, "completions": [GOOD, POOR]},
        {"prompt": ASK, "completion": GOOD, "label": True},
        {"messages": [*HUMAN, *said(GOOD)]},
        {"chosen": [*HUMAN, *said(GOOD)], "rejected": [*HUMAN, *said(POOR)]},
    ):
        assert form_of(row) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"instruction": ASK, "output": GOOD, "kto_tag": None}, "`label` is empty"),
        ({"conversations": [shared("human", ASK), shared("gpt", GOOD)], "kto_tag": None}, "`label` is empty"),
        ({"messages": [*HUMAN, *said(GOOD)], "label": None}, "`label` is empty"),
        ({"messages": [*HUMAN, *said(GOOD)], "rejected_response": ""}, "`rejected_response` is empty"),
        ({"messages": [*HUMAN, *said(GOOD)], "rejected_response": None}, "`rejected_response` is empty"),
        ({"instruction": ASK, "chosen": GOOD, "rejected": POOR, "output": "Ask a bird."}, "`output` is not read"),
        ({"instruction": ASK, "chosen": GOOD, "rejected": POOR, "kto_tag": False}, "`kto_tag` is not read"),
    ],
)
def test_what_a_form_says_of_an_answer_is_never_passed_over(row: dict[str, Any], told: str) -> None:
    assert told in why_not(row)
