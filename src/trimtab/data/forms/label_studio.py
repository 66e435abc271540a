"""Label Studio: tasks with their annotations (JSON), and one flat row for each annotation (JSON_MIN, CSV).

An export does not hold the labeling configuration. So it is not told how many stars a rating has (5, where the
configuration says nothing), nor always which answers a `Pairwise` holds against each other: its `toName` lists them,
left first, and where that is not written the template's own names, answer1 and answer2, are.
"""

from collections.abc import Mapping
from typing import Any

from ..parts import RowError
from .columns import answers_in, by_name, prompt_in, refuse_turned, rest_in, the_answer
from .form import Form, Made, Row, Told, compared, listed, mappings, number_of

STARS = (1, 5)
"""A `Rating`'s scale, whose `maxRating` is 5 where the configuration says nothing."""
_TEMPLATE = ("answer1", "answer2")
_META = frozenset({"annotation_id", "annotator", "created_at", "lead_time", "updated_at"})
_OF_ANNOTATION = frozenset({"completed_by", "created_at", "id", "lead_time", "unique_id", "updated_at"})
"""What Label Studio writes of an annotation, and no file has that was made for it."""
_OF_TASK = frozenset(
    {
        "agreement", "annotations", "avg_lead_time", "cancelled_annotations", "comment_authors", "comment_count",
        "comments", "completions", "created_at", "drafts", "file_upload", "inner_id", "is_labeled",
        "last_comment_updated_at", "overlap", "predictions", "project", "total_annotations",
        "total_predictions", "unresolved_comment_count", "updated_at", "updated_by",
    }
)  # fmt: skip


def _task(row: Row, told: Told) -> list[Made | RowError]:
    data = row["data"]
    found = row.get("annotations", row.get("completions"))
    if not isinstance(found, list) or not found:
        raise RowError("nobody annotated this task")
    made: list[Made | RowError] = []
    for one in found:
        made += _annotated(one, data, told, row.get("meta"))
    return made


def _annotated(one: Any, data: Row, told: Told, meta: Any) -> list[Made | RowError]:
    if not isinstance(one, dict):
        return [RowError("an annotation is no mapping")]
    if one.get("was_cancelled") or one.get("skipped"):
        return [RowError("the annotator skipped this task")]
    if _sent_back(one.get("reviews")):
        return [RowError("a reviewer rejected this annotation")]
    results = [
        (result.get("from_name"), result.get("to_name"), result["value"])
        for result in one.get("result") or []
        if isinstance(result, dict) and isinstance(result.get("value"), dict)
    ]
    who = {"annotator": _who(one.get("completed_by")), "when": one.get("updated_at") or one.get("created_at")}
    if not one.keys() & _OF_ANNOTATION and isinstance(meta, dict):  # written by trimtab, and annotated by nobody since
        who = {name: meta.get(name) for name in ("id", "annotator", "when", "why")}
        who = {name: told for name, told in who.items() if told is not None} | {"meta": None}  # which is read
    return _along(_judged(results, data, told), data, told, who)


def _along(judged: list[Made | RowError], data: Row, told: Told, who: Made) -> list[Made | RowError]:
    """Judgements with the columns of the task that are neither prompt nor answer, and who judged."""
    shown = {name: value for name, value in rest_in(data, told).items() if not _is_data(value)}
    return [made if isinstance(made, RowError) else shown | made | who for made in judged]


def _sent_back(reviews: Any) -> bool:
    """Whether the last of an annotation's reviews (Label Studio Enterprise) is against it."""
    return mappings(reviews, "accepted") and reviews[-1]["accepted"] is False


def _who(by: Any) -> str | None:
    if isinstance(by, dict):
        by = by.get("email", by.get("id"))
    return None if by is None else str(by)


def _flat(row: Row, told: Told) -> list[Made | RowError]:
    held = {name: listed(value) for name, value in row.items() if name not in _META and name not in ("id", "agreement")}
    judged = {name: value for name, value in held.items() if mappings(value) and not _is_data(value)}
    results = [(name, None, value) for name, values in judged.items() for value in values]
    data = {name: value for name, value in held.items() if name not in judged}
    answers = answers_in(data, told)
    named = [name for name, value in data.items() if name not in answers and by_name(answers, value) is not None]
    results += [(name, None, {"choices": [data.pop(name)]}) for name in named]  # a single choice is a text alone
    if not results:
        why = f"no result among its columns is one that is read ({', '.join(data)})"
        raise RowError("nobody annotated this task" if row.get("annotation_id") is None else why)
    annotator = row.get("annotator")
    whole = isinstance(annotator, float) and annotator.is_integer()
    who = {"annotator": None if annotator is None else str(int(annotator) if whole else annotator)}
    return _along(_judged(results, data, told), data, told, who)


def _is_data(value: Any) -> bool:
    """Whether a list of mappings is what was shown, messages or items to rank, and no result."""
    return mappings(value, "role", "content") or mappings(value, "id", "body")


def _judged(results: list[tuple[Any, Any, Row]], data: Row, told: Told) -> list[Made | RowError]:
    """What an annotation says of the answers; each result has the name of its control and of what it is about."""
    said: list[Made | RowError] = []
    why: list[str] = []
    for control, about, value in results:
        try:
            if "text" not in value:
                refuse_turned(control, told)
            if "selected" in value:
                said.append(_preferred(value["selected"], about, data, told))
            elif "rating" in value:
                if told.columns.get("rating", control) == control:
                    said.append(_stars(value["rating"], about, data, told))
            elif "ranker" in value:
                said.append(_ordered(value["ranker"], data, told))
            elif "choices" in value:
                said.append(_chosen(value["choices"], data, told))
            elif "text" in value:
                texts = value["text"] if isinstance(value["text"], list) else [value["text"]]
                why += [text for text in texts if isinstance(text, str)]
            else:
                said.append(RowError(f"`{control}` is a result that is not read ({', '.join(value)})"))
        except RowError as error:
            said.append(error)
    controls = {str(control) for control, _, value in results if "rating" in value}
    if len(controls) > 1 and "rating" not in told.columns and _of_one_answer(said):
        told_apart = ", ".join(sorted(controls))
        return [
            RowError(
                f"the same answer has several ratings ({told_apart}): say which counts by `columns: {{rating: …}}`"
            )
        ]
    if not said:
        return [RowError("the annotation is only text" if why else "nothing was judged")]
    return [one if isinstance(one, RowError) or not why else one | {"why": "\n".join(why)} for one in said]


def _of_one_answer(said: list[Made | RowError]) -> bool:
    rated = [str(one["completion"]) for one in said if isinstance(one, dict) and "rating" in one]
    return len({*rated}) < len(rated)


def _preferred(selected: Any, about: Any, data: Row, told: Told) -> Made:
    if selected not in ("left", "right"):
        raise RowError(f"neither side is preferred ({str(selected)[:40]!r})")
    left, right = _sides(about, data, told)
    return compared(prompt_in(data, told), data[left], data[right], int(selected == "right"))


def _sides(about: Any, data: Row, told: Told) -> tuple[str, str]:
    """The columns of the left and of the right answer. Raises RowError where that is not told."""
    names = (told.columns.get("left"), told.columns.get("right"))
    if None in names:
        listed_names = about.split(",") if isinstance(about, str) else about if isinstance(about, list) else []
        named = tuple(name.strip() for name in listed_names if isinstance(name, str))
        names = named if len(named) == 2 else _TEMPLATE
    if names[0] not in data or names[1] not in data:
        raise RowError(
            f"which answer is left and which right is not told by {', '.join(data)}: "
            "say it by `columns: {left: …, right: …}`"
        )
    return str(names[0]), str(names[1])


def _stars(rating: Any, about: Any, data: Row, told: Told) -> Made:
    value = number_of(rating)
    low, high = told.scale or STARS
    if value is None:
        raise RowError(f"a rating is {str(rating)[:40]!r}, and must be a number")
    if value > high and told.scale is None:
        raise RowError(
            f"a rating is {value:g}, and Label Studio has {high} stars where nothing else is set: say the scale"
        )
    answer = the_answer(data, told, about if isinstance(about, str) else None)
    return {"prompt": prompt_in(data, told), "completion": answer, "rating": value, "low": low, "high": high}


def _ordered(ranker: Any, data: Row, told: Told) -> Made:
    """A `Ranker`'s list of ids, the best first. Its buckets have no order of their own."""
    if isinstance(ranker, dict):
        if ranker.keys() == {"_"}:
            raise RowError("no answer was put into a bucket: nothing was ranked")
        for bucket in ranker if len(ranker) == 1 else ():
            refuse_turned(bucket, Told())
        ranker = next(iter(ranker.values())) if len(ranker) == 1 else ranker
    if not isinstance(ranker, list):
        raise RowError("the answers are in several buckets, which have no order")
    items: list[Row] = next((value for value in data.values() if mappings(value, "id", "body")), [])
    bodies = {str(one["id"]): one["body"] for one in items}
    if len(bodies) != len(items) or sorted(bodies) != sorted(str(name) for name in ranker):
        raise RowError("the ranking does not name each of its items once")
    return {"prompt": prompt_in(data, told), "completions": [bodies[str(name)] for name in ranker]}


def _chosen(choices: Any, data: Row, told: Told) -> Made:
    answers = answers_in(data, told)
    found = [by_name(answers, choice) for choice in choices] if isinstance(choices, list) else []
    if len(found) != 1 or found[0] is None or len(answers) < 2:
        raise RowError(f"a choice of {str(choices)[:60]} names no answer of the task")
    others = [value for name, value in answers.items() if name != found[0]]
    ranks = [1, *(2 for _ in others)]
    return {"prompt": prompt_in(data, told), "completions": [answers[found[0]], *others], "ranks": ranks}


def _has_tasks(row: Row) -> bool:
    return isinstance(row["data"], Mapping) and any(
        isinstance(row.get(name), list) for name in ("annotations", "completions")
    )


LABEL_STUDIO = (
    Form(
        "Label Studio",
        "pairs, rankings, and ratings of 1–5 stars where no other scale is said",
        frozenset({"data"}),
        _task,
        looks=_has_tasks,
        aside=_OF_TASK,
    ),
    Form(
        "Label Studio JSON_MIN",
        "pairs, rankings, and ratings of 1–5 stars where no other scale is said",
        _META,
        _flat,
        closed=True,
        nullable=True,
    ),
)
