"""Columns that say something of an answer: read by a known form, or the row is refused with their name."""

from pathlib import Path
from typing import Any

import polars
import pytest

from trimtab.data import read_comparisons, read_feedback, read_frame, read_responses
from trimtab.records import Comparison, Ranking, Rating, Supervision, Thumb, kind_of, text_of

ASKED = {"prompt": "How do I peel garlic?"}
SHOWN = {**ASKED, "response": "Press each clove with a knife."}
PAIR = {**ASKED, "chosen": "Press each clove with a knife.", "rejected": "Garlic is a bulb."}
SEVERAL = {**ASKED, "responses": ["Garlic is a bulb.", "With a knife.", "Press each clove with a knife."]}
RATED = {**ASKED, "completion": "With a knife.", "rating": 3, "low": 1, "high": 5}


def only(row: dict[str, Any]) -> Supervision:
    found = read_feedback([row])
    assert found.rejected == ()
    return found.kept[0]


def reason(row: dict[str, Any]) -> str:
    found = read_feedback([row])
    assert found.kept == ()
    assert [reject.reason for reject in read_frame([row]).rejected] == [found.rejected[0].reason]
    return found.rejected[0].reason


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "votes": ({**SHOWN, "likes": 40, "dislikes": 2}, "`likes`, `dislikes` are not read"),
    "votes within": ({**SHOWN, "reactions": {"+1": 3, "-1": 9}}, "`reactions.+1`, `reactions.-1`"),
    "an aspect": ({**SHOWN, "correctness": 0}, "`correctness` is not read"),
    "a boolean": ({**SHOWN, "isSafe": False}, "`isSafe`"),
    "a short label": ({**SHOWN, "verdict": "B"}, "`verdict`"),
    "another language": ({**SHOWN, "Bewertung": "gut"}, "`Bewertung`"),
    "a script of its own": ({**SHOWN, "評価": 2}, "`評価`"),
    "a key within": ({**SHOWN, "meta": {"source": "web", "score": 2}}, "`meta.score` is"),
    "a list within": ({**SHOWN, "annotations": [{"by": "ann", "value": 2}]}, "`annotations.value`"),
    "a second answer": ({**SHOWN, "response_b": "Garlic is a bulb."}, "`response_b`"),
    "an edited answer": ({**SHOWN, "improved": "Press each clove."}, "`improved`"),
    "a third answer": ({**PAIR, "response": "Ask a cook."}, "`response`"),
    "labels of several": ({**SEVERAL, "labels": [True, False, False]}, "`labels`"),
    "a measure of harm": ({**SEVERAL, "toxicity_scores": [3, 2, 1]}, "`toxicity_scores`"),
    "an order": ({**SEVERAL, "ranking": [2, 1, 0]}, "`ranking`"),
    "the best one": ({**SEVERAL, "best_index": 2}, "`best_index`"),
    "an answer's number": ({**SEVERAL, "answer_id": 2}, "`answer_id`"),
    "when it was rejected": ({**SHOWN, "rejected_at": "2026-01-02"}, "`rejected_at`"),
    "counts of something": ({**SHOWN, "counts": 3}, "`counts`"),
    "a penalty": ({**SHOWN, "penalty": 0.5}, "`penalty`"),
    "a figure for each answer": ({**SEVERAL, "n": [3, 40, 2]}, "`n`"),
    "a cost of each answer": ({**SEVERAL, "cost": [3.0, 0.1, 2.0]}, "`cost`"),
    "a judgement as kind": ({**SHOWN, "category": "rejected"}, "`category`"),
    "harm of both sides": ({**PAIR, "chosen_toxicity": 0.1, "rejected_toxicity": 0.2}, "`chosen_toxicity`"),
    "how sure": ({**PAIR, "confidence": 0.5}, "`confidence`"),
    "a choice of letters": ({**PAIR, "preferred": "A"}, "`preferred`"),
    "a thumb with a score": ({**SHOWN, "up": True, "score": 0.1}, "`score`"),
    "an edit with a score": ({**ASKED, "before": "a", "after": "b", "score": 1}, "`score`"),
    "somebody of no known kind": ({**RATED, "volunteer_id": 7}, "`volunteer_id`"),
    "a number under no heading": ({**SHOWN, "": 3}, "`` is not read"),
}


@pytest.mark.case("no-column-ignored", "a judgement under an unknown name refuses its row, with that name")
@pytest.mark.parametrize(("row", "told"), SAID.values(), ids=SAID)
def test_what_may_say_something_of_an_answer_is_refused_by_name(row: dict[str, Any], told: str) -> None:
    said = reason(row)
    assert told in said
    assert "in `ignore`" in said


HARMLESS: list[dict[str, Any]] = [
    {"prompt_id": 7, "responseLength": 30, "num_tokens": 4, "lang": "en", "created_at": "2026-01-01", "topic": "food"},
    {"source": "web", "source_dataset": "x", "dataset_name": "y", "split": "train", "__index_level_0__": 3, "url": "z"},
    {"model": "m", "temperature": 0.7, "top_p": 0.9, "seed": 3, "finish_reason": "stop", "usage": {"total_tokens": 12}},
    {"metadata": {"model": {"name": "m"}, "tokens": {"prompt": 3, "completion": 9}}, "embedding": [0.1, 0.2]},
    {"notes": None, "noted_by": [], "meta": {"comment": None}},
]


@pytest.mark.parametrize("more", HARMLESS)
@pytest.mark.parametrize("row", [SHOWN, PAIR, SEVERAL, RATED], ids=["shown", "pair", "several", "rated"])
def test_what_says_nothing_of_an_answer_stays(row: dict[str, Any], more: dict[str, Any]) -> None:
    assert only({**row, **more}).prompt == only(row).prompt


def test_a_column_that_repeats_what_is_read_says_nothing(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": ASKED["prompt"]}, {"role": "assistant", "content": PAIR["chosen"]}]
    assert kind_of(only({**PAIR, "messages": turns})) == "comparison"
    assert kind_of(only({**PAIR, "generations": [PAIR["rejected"], PAIR["chosen"]]})) == "comparison"
    assert "`messages` is" in reason({**PAIR, "messages": [*turns[:1], {"role": "assistant", "content": "Other."}]})


def test_what_is_named_may_be_ignored() -> None:
    row = {**SHOWN, "correctness": 0, "meta": {"score": 3}}
    assert kind_of(read_feedback([row], ignore=["correctness", "meta"]).kept[0]) == "demonstration"
    assert read_feedback([row], ignore=["correctness"]).kept == ()
    framed = read_frame([{**PAIR, "confidence": 0.5}], ignore=["confidence"])
    assert [list(raw) for raw in framed.rows()] == [["prompt", "chosen", "rejected"]]


@pytest.mark.case("F01", "scores beside several answers rank them, whatever the order of the list")
@pytest.mark.case("completions-ratings.jsonl", "ratings beside the answers rank them")
@pytest.mark.case("responses-rewards.jsonl", "rewards beside the answers rank them")
@pytest.mark.parametrize("name", ["ratings", "scores", "rewards", "advantages", "human_scores", "modelScores", "likes"])
def test_figures_beside_several_answers_rank_them(name: str) -> None:
    found = only({**SEVERAL, name: [-2, 1, 4]})
    assert isinstance(found, Ranking)
    assert [text_of(said) for said in found.completions] == SEVERAL["responses"][::-1]
    pair = read_comparisons([{**SEVERAL, name: [-2, 1, 4]}]).kept[0]
    assert (pair.chosen_text, pair.rejected_text) == (SEVERAL["responses"][2], SEVERAL["responses"][1])


@pytest.mark.parametrize("figures", ["[-2, 1, 4]", ["-2", "1", "4.0"]], ids=["a list", "each"])
def test_figures_written_as_text_are_figures(figures: Any) -> None:
    found = only({**SEVERAL, "human_scores": figures})
    assert isinstance(found, Ranking)
    assert text_of(found.completions[0]) == SEVERAL["responses"][2]


def test_ranks_and_ties_of_several_answers() -> None:
    for column, figures in (("rank", [3, 2, 1]), ("ranks", [9, 5, 2])):
        found = only({**SEVERAL, column: figures})
        assert isinstance(found, Ranking)
        assert text_of(found.completions[0]) == SEVERAL["responses"][2]
    tied = only({**SEVERAL, "scores": [1, 5, 5]})
    assert isinstance(tied, Ranking)
    assert tied.ranks == (1, 1, 2)
    assert "order the answers differently" in reason({**SEVERAL, "scores": [1, 2, 3], "rewards": [3, 2, 1]})
    assert "no list of numbers" in reason({**SEVERAL, "scores": [1, None, 3]})
    assert "3 answers and 2 scores" in reason({**SEVERAL, "scores": [1, 2]})


TIES: list[dict[str, Any]] = [
    {"preference": "tie"}, {"winner": "Tie (bothbad)"}, {"better": "no_preference"}, {"is_tie": True},
    {"score_chosen": 4, "score_rejected": 4}, {"chosen_rating": "4", "rejected_rating": 4.0}, {"ratings": [3, 3]},
    {"margin": 0.0}, {"chosen_rank": 1, "rejected_rank": 1},
]  # fmt: skip


@pytest.mark.case("ties.jsonl", "a tie is no comparison, whatever its sides are called")
@pytest.mark.parametrize("more", TIES)
def test_a_tie_is_a_tie(more: dict[str, Any]) -> None:
    assert "tie" in reason({**PAIR, **more})


@pytest.mark.parametrize(
    "more",
    [
        {"score_chosen": 1, "score_rejected": 4}, {"rejectedReward": 2, "chosenReward": 1}, {"margin": -1},
        {"chosen_rank": 2, "rejected_rank": 1}, {"preference": "rejected"},
    ],
)  # fmt: skip
def test_sides_that_the_figures_contradict_are_refused(more: dict[str, Any]) -> None:
    assert "rejected" in reason({**PAIR, **more})


@pytest.mark.case("F35", "chosen and rejected settle it, for the audit and for the training")
@pytest.mark.parametrize(
    "more",
    [
        {"rating": [8, 3]}, {"ratings": [3, 8]}, {"score_chosen": 4, "score_rejected": 1}, {"margin": 0.5},
        {"preference": "chosen"}, {"is_tie": False}, {"chosen_rank": 1, "rejected_rank": 2},
    ],
)  # fmt: skip
def test_figures_that_agree_with_the_sides_leave_them(more: dict[str, Any]) -> None:
    assert isinstance(only({**PAIR, **more}), Comparison)
    assert read_frame([{**PAIR, **more}]).table["chosen"].to_list() == [PAIR["chosen"]]


def test_a_label_beside_two_sides_is_refused_by_every_reader() -> None:
    assert "ambiguous" in reason({**PAIR, "label": "helpful"})


@pytest.mark.case("ratings-user-id.jsonl", "who rated is told by any usual name of such a column")
@pytest.mark.parametrize(
    "name", ["user_id", "worker", "raterId", "_annotator_id", "reviewer name", "rated_by", "judge"]
)
def test_people_are_told_apart_whatever_their_column_is_called(name: str) -> None:
    rows = [{**RATED, "completion": "With a knife.", "rating": 5, name: 0}]
    rows += [{**RATED, "completion": "By hand.", "rating": 1, name: who} for who in (0, "bob")]
    found = read_feedback(rows).kept
    assert [row.annotator for row in found if isinstance(row, Rating)] == ["0", "0", "bob"]
    (pair,) = read_comparisons(rows).kept
    assert pair.provenance.annotator == "0"


def test_two_columns_of_a_person_are_one_person() -> None:
    found = only({**RATED, "annotator_id": 7, "annotator_name": "Ann"})
    assert isinstance(found, Rating)
    assert found.annotator == "7/Ann"
    assert isinstance(only({**RATED, "annotator": "Bo", "user_id": 3}), Rating)


@pytest.mark.case("vote-counts.jsonl", "counts of votes are no thumbs")
def test_counts_of_votes_are_no_thumbs() -> None:
    assert "`down` is not read" in reason({**SHOWN, "up": 1, "down": 40})
    rows = [{**SHOWN, "up": up} for up in (1, 17, 0)] + [{**SHOWN, "label": True}]
    for found in (read_feedback(rows), read_frame(rows)):
        assert any("a number on a scale, and no thumb: it is 17 in row 2" in reject.reason for reject in found.rejected)
    (thumb,) = read_feedback(rows).kept
    assert isinstance(thumb, Thumb)
    assert len(read_feedback(rows[::2]).kept) == 2


@pytest.mark.case("chosen-names.jsonl", "a side that names another column is what that one holds")
def test_sides_that_name_other_columns() -> None:
    row = {
        **ASKED,
        "answer_1": "Garlic is a bulb.",
        "answer_2": "With a knife.",
        "chosen": "Answer_2",
        "rejected": "answer_1",
    }
    found = only(row)
    assert isinstance(found, Comparison)
    assert (found.chosen_text, found.rejected_text) == ("With a knife.", "Garlic is a bulb.")
    (framed,) = read_frame([row]).rows()
    assert framed["chosen"] == "With a knife."
    assert "`answer_1`, `answer_2`" in reason({**row, "chosen": "2", "rejected": "1"})
    assert "both the name of the column" in reason({**row, "rejected": "answer_2"})


@pytest.mark.case("response-edited.jsonl", "an answer beside its edited one is not shown as right")
@pytest.mark.case("trl-stepwise.jsonl", "labels of steps are no ranking")
@pytest.mark.case("helpsteer2.jsonl", "a rated answer is no demonstration")
@pytest.mark.case("prodigy-accept-reject.jsonl", "a decision is no answer")
def test_forms_of_others_are_never_taken_for_our_own() -> None:
    for row in (
        {**SHOWN, "edited": "Press it."},
        {**ASKED, "completions": ["Take one.", "Press it."], "labels": [True, False]},
        {**SHOWN, "helpfulness": 0, "verbosity": 2},
        {**SHOWN, "answer": "reject"},
    ):
        assert not any(kind_of(kept) in ("demonstration", "ranking") for kept in read_feedback([row]).kept)


@pytest.mark.case("label-studio-json-min.jsonl", "an answer that nobody rated is not shown as right")
def test_a_prompt_under_another_name_is_told_first() -> None:
    assert (
        reason({"question": "How?", "answer": "So."})
        == "a demonstration without prompt; its columns are question, answer"
    )


@pytest.mark.parametrize("name", ["stars", "score", "quality", "Label", "is_safe_vote", "rating_of_answer"])
def test_a_judgement_that_is_not_there_shows_nothing(name: str) -> None:
    assert f"`{name.lower() if name == 'Label' else name}` is empty" in reason({**SHOWN, name: None})


@pytest.mark.parametrize("name", ["scores", "ranks", "human_ratings"])
def test_answers_whose_scores_are_not_there_are_in_no_order(name: str) -> None:
    assert f"`{name}` is empty: what was said of the answers" in reason({**SEVERAL, name: None})


def test_texts_to_be_scored_need_no_reading_of_what_was_said() -> None:
    found = read_responses([{**SHOWN, "stars": 3}])
    assert [row.text for row in found.kept] == [SHOWN["response"]]


@pytest.mark.case("json-typed.parquet", "cells of the type Json are what their text says")
def test_cells_of_the_type_json_are_read(tmp_path: Path) -> None:
    """As datasets writes a column whose rows are of several shapes."""
    path = tmp_path / "f.parquet"
    said = (
        '{"info": {"features": {"prompt": {"_type": "List", "feature": {"role": {"dtype": "string", "_type": "Value"}, '
    )
    said += '"content": {"_type": "Json"}}}, "chosen": {"_type": "Json"}}}}'
    turn = [{"role": "user", "content": '"How do I peel garlic?"'}]
    table = {"prompt": [turn], "chosen": ['"With a knife."'], "rejected": ["Garlic is a bulb."]}
    polars.DataFrame(table).write_parquet(path, metadata={"huggingface": said})
    (found,) = read_comparisons(path).kept
    assert (text_of(found.prompt), found.chosen_text) == ("How do I peel garlic?", "With a knife.")
    polars.DataFrame(table).write_parquet(path)
    assert text_of(read_comparisons(path).kept[0].prompt) == '"How do I peel garlic?"'
