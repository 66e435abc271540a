"""Exports of annotation tools: who said what of which answer, and what nobody said."""

from typing import Any

import pytest

from forms_of_others import ASK, COMPARISONS, FIELDS, GOOD, META, POOR, RIGHT, THUMBS, result, task
from reading import the, why_not
from trimtab.data import Feedback, Told, read_comparisons, read_feedback
from trimtab.records import Comparison, Ranking, Rating, kind_of, text_of

ITEMS = {"prompt": ASK, "items": [{"id": "x", "title": "", "body": POOR}, {"id": "y", "title": "", "body": GOOD}]}
ONE = {"prompt": ASK, "response": GOOD}


def read(row: dict[str, Any], **told: Any) -> Feedback:
    found = read_feedback([row], Told(**told))
    assert len(found.kept) + len(found.rejected) == found.read
    return found


def reason(row: dict[str, Any], **told: Any) -> str:
    found = read(row, **told)
    assert not found.kept
    return found.rejected[0].reason


def chosen(row: dict[str, Any], **told: Any) -> str:
    made = read_comparisons([row]) if not told else None
    if made is not None:
        (pair,) = made.kept
        return pair.chosen_text
    (kept,) = read(row, **told).kept
    assert isinstance(kept, Comparison)
    return kept.chosen_text


@pytest.mark.parametrize(
    ("about", "selected", "text"),
    [
        ("answer1,answer2", "left", POOR),
        ("answer2,answer1", "left", GOOD),
        ("answer2, answer1", "right", POOR),
        ("comparison", "right", GOOD),  # the control itself: the template's own names count
    ],
)
def test_left_is_the_first_that_is_compared(about: str, selected: str, text: str) -> None:
    assert chosen(task(result("pairwise", about, selected=selected))) == text


def test_sides_that_are_not_told_are_not_guessed() -> None:
    data = {"prompt": ASK, "text_b": GOOD, "text_a": POOR}
    row = task(result("pairwise", "txt-1,txt-2", selected="left"), data=data)
    assert "which answer is left" in reason(row)
    assert chosen(row, columns={"left": "text_b", "right": "text_a"}) == GOOD
    flat = {**data, "id": 1, "pick": [{"selected": "left"}], **META}
    assert "which answer is left" in reason(flat)
    assert chosen(flat, columns={"left": "text_a", "right": "text_b"}) == POOR


def argilla(values: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {name: {"value": value} for name, value in values.items()}
    return {"fields": FIELDS, "responses": [{"values": said, "status": "submitted", "user_id": "u"}], **more}


@pytest.mark.parametrize("question", ["worse", "which_is_worst", "least_helpful", "Harmful answer"])
def test_a_question_for_the_worse_answer_is_no_preference(question: str) -> None:
    why = "may ask for the worse answer"
    assert why in reason(argilla({question: "response1"}))
    assert why in reason(task(result(question, "answer1,answer2", selected="left")))
    assert why in reason(task(result(question, "prompt", choices=["answer1"])))
    assert why in reason(task(result(question, "items", ranker=["x", "y"]), data=ITEMS))
    potato = {
        "instance_id": "1", "source": "agreement", "item_data": {"prompt": ASK, "items": [POOR, GOOD]},
        "labels": {question: {"selection": "A"}},
    }  # fmt: skip
    assert why in reason(potato)


def test_a_measure_of_harm_is_no_rating_unless_somebody_says_so() -> None:
    stars = task(result("toxicity", "response", rating=4), data=ONE)
    record = argilla({"toxicity": 4}) | {"fields": ONE}
    assert "how bad one is" in reason(stars)
    assert "how bad one is" in reason(record, scale=(1, 5))
    for row in (stars, record):
        (kept,) = read(row, scale=(1, 5), columns={"rating": "toxicity"}).kept
        assert isinstance(kept, Rating)


def test_all_that_was_answered_is_read_or_told() -> None:
    found = read(argilla({"quality": 4, "safe": "no"}) | {"fields": ONE}, scale=(1, 5))
    assert [kind_of(one) for one in found.kept] == ["rating"]
    assert "`safe` is answered with 'no'" in found.rejected[0].reason
    three = {"fields": {**FIELDS, "response3": "Ask a bird."}}
    assert "names 2 of 3 answers" in reason(argilla({"good": ["response1", "response2"]}) | three)
    comment = argilla({"pick": "response1", "comment": "The first one says more of the bird."})
    assert read(comment).rejected == ()


@pytest.mark.parametrize(
    "row",
    [
        task(RIGHT, data={"prompt": ASK, "answer1": POOR, "answer2": GOOD, "score1": 5}),
        argilla({"pick": "response1"}, metadata={"score1": 5}),
        argilla({"pick": "response1"}) | {"fields": {**FIELDS, "score1": 5}},
    ],
    ids=["a task's data", "a record's metadata", "a record's fields"],
)
def test_what_stands_beside_the_answers_is_not_passed_over(row: dict[str, Any]) -> None:
    assert "score1` is not read" in reason(row)


def test_annotations_that_count_for_nothing_are_told() -> None:
    assert "a reviewer rejected" in reason(task(RIGHT, reviews=[{"accepted": True}, {"accepted": False}]))
    assert len(read(task(RIGHT, reviews=[{"accepted": False}, {"accepted": True}])).kept) == 1
    assert "nothing was ranked" in reason(task(result("rank", "items", ranker={"_": ["x", "y"]}), data=ITEMS))
    asked = {"prompt": ASK, "response": GOOD, "_task_hash": 1, "answer": "accept", "label": "HALLUCINATION"}
    assert "and no thumb" in reason(asked)


def test_a_single_choice_of_a_flat_task_is_a_text() -> None:
    flat = {"prompt": ASK, "answer1": POOR, "answer2": GOOD, "id": 1, **META}
    assert chosen({**flat, "better": "answer2"}) == GOOD
    assert "which_is_worse` may ask for the worse" in reason({**flat, "which_is_worse": "answer2"})


@pytest.mark.case("label-studio-json-min.jsonl", "stars are ratings, and a task that nobody rated is told")
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (task() | {"annotations": []}, "nobody annotated this task"),
        (task(), "nothing was judged"),
        (task(RIGHT, was_cancelled=True), "the annotator skipped this task"),
        (task(RIGHT, skipped=True), "the annotator skipped this task"),
        (task(result("textarea", "prompt", text=["hm"])), "the annotation is only text"),
        (task(result("choices", "prompt", choices=["Harmful"])), "names no answer of the task"),
        (task(result("pairwise", "answer1,answer2", selected="none")), "neither side is preferred"),
        (
            {"prompt": ASK, "response": GOOD, "stars": None, "id": 3, **dict.fromkeys(META)},
            "nobody annotated this task",
        ),
        ({"prompt": ASK, "response": GOOD, "id": 3, **META}, "no result among its columns is one that is read"),
    ],
)
def test_a_task_that_nobody_judged_is_told(row: dict[str, Any], why: str) -> None:
    assert why in reason(row)


def test_each_annotator_of_a_task_counts_and_a_skip_is_told() -> None:
    row = task(RIGHT)
    other = {"id": 8, "completed_by": {"id": 4, "email": "b@example.org"}, "result": [RIGHT]}
    row["annotations"] += [other, {"id": 9, "was_cancelled": True, "result": []}]
    found = read(row)
    assert [kept.provenance.annotator for kept in found.kept] == ["3", "b@example.org"]
    assert [kept.id for kept in found.kept] == ["1/1", "1/2"]
    assert [reject.row for reject in found.rejected] == ["row 1/3"]


def test_older_exports_say_completions() -> None:
    row = task(RIGHT)
    row["completions"] = row.pop("annotations")
    assert chosen(row) == GOOD


def test_a_scale_of_more_stars_has_to_be_said() -> None:
    row = task(result("rating", "response", rating=8), data=ONE)
    assert "say the scale" in reason(row)
    (kept,) = read(row, scale=(1, 10)).kept
    assert isinstance(kept, Rating)
    assert (kept.rating, kept.high) == (8, 10)


def test_the_answer_that_is_rated_is_the_one_that_is_named() -> None:
    row = task(result("rating", "answer2", rating=5), result("rating", "answer1", rating=1))
    row["annotations"][0]["result"][1]["from_name"] = "other"
    made = read_comparisons([row])
    assert [pair.chosen_text for pair in made.kept] == [GOOD]
    assert "which answer is meant" in reason(task(result("rating", "unknown", rating=5)))


def test_several_ratings_of_one_answer_have_to_be_told_apart() -> None:
    first, second = (result("rating", "response", rating=stars) for stars in (5, 2))
    second["from_name"] = "tone"
    row = task(first, second, data=ONE)
    assert "say which counts" in reason(row)
    (kept,) = read(row, columns={"rating": "tone"}).kept
    assert isinstance(kept, Rating)
    assert kept.rating == 2


def test_a_ranker_is_a_ranking_and_buckets_are_not() -> None:
    (kept,) = read(task(result("ranker", "items", ranker=["y", "x"]), data=ITEMS)).kept
    assert isinstance(kept, Ranking)
    assert [text_of(said) for said in kept.completions] == [GOOD, POOR]
    assert "no order" in reason(task(result("ranker", "items", ranker={"good": ["x"], "bad": ["y"]}), data=ITEMS))
    assert "each of its items once" in reason(task(result("ranker", "items", ranker=["y"]), data=ITEMS))


def test_a_result_of_another_kind_is_no_judgement_and_told() -> None:
    assert "not read (number)" in reason(task(result("number", "response", number=3), data=ONE))
    assert "not read (number)" in reason({**ONE, "id": 1, "quality": [{"number": 3}], **META})


def response(status: str = "submitted", user: str = "u", **values: Any) -> dict[str, Any]:
    return {"values": {name: {"value": value} for name, value in values.items()}, "status": status, "user_id": user}


RANKS = [{"value": "response2", "rank": 1}, {"value": "response1", "rank": 2}]


@pytest.mark.parametrize(
    "row",
    [
        {"fields": FIELDS, "responses": [response(preference=RANKS)]},
        {"fields": FIELDS, "responses": {"preference": [{"value": ["response2", "response1"], "user_id": "u"}]}},
        {"fields": FIELDS, "responses": [response(preference="response-2")]},
        {**FIELDS, "preference.responses": ["response2"], "preference.responses.users": ["u"],
         "preference.responses.status": ["submitted"]},
        {**FIELDS, "metadata": None,
         "preference": {"user_id": ["u"], "value": ["Response 2"], "status": ["submitted"]}},
    ],
    ids=["the API and 1.x", "2.x as JSON", "a label", "2.x as a table", "1.x as a dataset"],
)  # fmt: skip
def test_all_writings_of_an_argilla_record_say_the_same(row: dict[str, Any]) -> None:
    made = read_comparisons([row])
    assert [(pair.chosen_text, pair.rejected_text) for pair in made.kept] == [(GOOD, POOR)]
    assert made.kept[0].provenance.annotator == "u"


@pytest.mark.parametrize(
    ("responses", "why"),
    [
        ([], "nobody answered"),
        ([response("discarded", preference=RANKS)], "discarded"),
        ([response("draft", preference=RANKS)], "draft"),
        ([response()], "without an answer"),
        ([response(preference=[one | {"rank": 1} for one in RANKS])], "a tie"),
        ([response(mood="good")], "`mood` is answered with 'good', which names no answer"),
        ([response(quality=4)], "does not tell the scale"),
    ],
)
def test_a_record_without_a_judgement_is_told(responses: list[Any], why: str) -> None:
    suggestion = {"question_name": "preference", "value": RANKS, "agent": "a model", "score": 0.9}
    assert why in reason({"fields": FIELDS, "responses": responses, "suggestions": [suggestion]})


def by_question(*users: str, **more: Any) -> dict[str, Any]:
    """A record as 2.x writes it to JSON, where responses have no status."""
    said = [{"value": ["response2", "response1"], "user_id": user} for user in users]
    return {"fields": FIELDS, "responses": {"preference": said}, **more}


def test_responses_that_may_have_been_discarded_are_refused_by_what_the_record_says() -> None:
    assert len(read(by_question("u", status="completed")).kept) == 1  # one response, and one was submitted
    assert "the record is pending" in reason(by_question("u", status="pending"))
    assert "the record is discarded" in reason(by_question("u", status="discarded"))
    assert "2 responses do not tell whether they were submitted or discarded" in reason(
        by_question("u", "v", status="completed")
    )
    table = {**FIELDS, "preference.responses": ["response2"] * 2, "preference.responses.users": ["u", "v"]}
    assert "2 responses do not tell" in reason(table)
    assert len(read({**table, "preference.responses.status": ["submitted"] * 2}).kept) == 2
    told = {"fields": FIELDS, "responses": [response(user=who, preference=RANKS) for who in "uv"], "status": "pending"}
    assert len(read(told).kept) == 2


def test_a_rating_needs_its_scale_and_its_answer() -> None:
    alone = {"fields": ONE, "responses": [response(quality=4), response(user="v", quality=2)]}
    found = read(alone, scale=(0, 4))
    assert [(row.rating, row.annotator) for row in found.kept if isinstance(row, Rating)] == [(4, "u"), (2, "v")]
    two = {"fields": FIELDS, "responses": [response(quality=4)]}
    assert "which answer `quality` rates" in reason(two, scale=(1, 5))
    named = {"fields": FIELDS, "responses": [response(response1_quality=1, response2_quality=5)]}
    assert len(read(named, scale=(1, 5)).kept) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answer": "ignore"}, "ignored"),
        ({"answer": "reject"}, "rejected the task"),
        ({"accept": []}, "nothing was chosen"),
        ({"accept": ["a", "b"]}, "a tie"),
        ({"accept": ["c"]}, "none of the options"),
        ({"response": GOOD}, "labels of a text"),
        ({"options": [{"id": "GOOD", "text": "GOOD"}, {"id": "BAD", "text": "BAD"}], "accept": ["GOOD"]}, "labels"),
        ({"options": [{"id": "a", "image": "a.png"}], "accept": ["a"]}, "an option is no text"),
    ],
)
def test_a_choice_that_prefers_no_answer_is_told(change: dict[str, Any], why: str) -> None:
    assert why in reason(COMPARISONS["Prodigy"] | change)


def test_accept_and_reject_are_thumbs_and_ignore_is_none() -> None:
    row = THUMBS["Prodigy"]
    (down,) = read(row | {"answer": "reject"}).kept
    assert down.model_dump()["label"] is False
    assert "ignored" in reason(row | {"answer": "ignore"})
    assert "two sides" in reason({"prompt": ASK, "accept": {"text": GOOD}, "reject": {"text": POOR}, "answer": "accept",
                                  "_view_id": "compare"})  # fmt: skip


LISTED = {"pick": ["response2", "response1"], "which are acceptable?": ["response1", "response2"]}


@pytest.mark.parametrize("question", LISTED)
def test_a_list_that_names_every_answer_ranks_where_that_is_said(question: str) -> None:
    row = argilla({question: LISTED[question]})
    assert "question with several labels" in why_not(row)
    kept = the(row, columns={"rating": question})
    assert isinstance(kept, Ranking)
    assert isinstance(the(argilla({f"{question} rank": LISTED[question]})), Ranking)


TASK = {"prompt": ASK, "response": GOOD, "answer": "accept", "_input_hash": 1, "_task_hash": 2}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"meta": {"score": 2}}, "`meta.score`"),
        ({"meta": {"verdict": "unsafe"}}, "`meta.verdict`"),
        ({"meta": {"review": {"accepted": False}}}, "`meta.review.accepted`"),
        ({"_score": 0.1}, "`_score`"),
        ({"_rejected_by": "Zoe"}, "`_rejected_by`"),
    ],
)
def test_what_prodigy_keeps_beside_a_task_may_judge_it(more: dict[str, Any], told: str) -> None:
    assert told in why_not(TASK | more)


@pytest.mark.parametrize(
    "more", [{"meta": {"source": "web", "id": 3}}, {"meta": {}}, {"_view_id": "choice", "_timestamp": 1700000000}]
)
def test_what_says_nothing_beside_a_task_is_passed_over(more: dict[str, Any]) -> None:
    assert the(TASK | more)


def test_a_label_studio_tasks_meta_may_judge_it() -> None:
    task = COMPARISONS["Label Studio"]
    assert the(task | {"meta": {}})
    assert "`meta.quality`" in why_not(task | {"meta": {"quality": 1}})


def test_a_flat_records_metadata_may_judge_it() -> None:
    assert "`metadata.score`" in why_not(COMPARISONS["Argilla, flat"] | {"metadata": '{"score": 2}'})
