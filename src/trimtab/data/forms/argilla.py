"""Argilla's records: as its API and 1.x have them, as 2.x writes them to JSON, and both as flat tables.

A record does not hold its questions. So the scale of a rating is not told (somebody must say it), and what a label
means only where it names one of the record's answers. Suggestions are a model's and no judgement.
"""

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Any

from ..parts import RowError
from .columns import answers_in, by_name, plain, prompt_in, refuse_turned, rest_in
from .form import Form, Made, Row, Told, compared, listed, mappings, number_of

_PUT_AWAY = {
    "discarded": "its annotator discarded the record",
    "draft": "the response is a draft that was not submitted",
}
_EXPORT = ": export with `to_list(flatten=True)` or `to_datasets()`, which keep it"
_SAID = {"value", "user_id"}
_OF_RECORD = frozenset(
    {
        "_server_id", "dataset_id", "external_id", "id", "inserted_at", "metadata", "responses", "status",
        "suggestions", "updated_at", "vectors",
    }
)  # fmt: skip
_RANKS = ("rank", "prefer", "order")
"""Words of a question that is a ranking where a list names answers; a question of several labels has lists too."""
_LABEL = 3
"""Words that a label has at most."""
Given = tuple[str | None, str | None, dict[str, Any], str | None]
"""Who answered, the response's status, the answers by their questions, and when, where that is told."""


def _record(row: Row, told: Told) -> list[Made | RowError]:
    given = list(_responses(row.get("responses")))
    _demand_submitted(given, row.get("status"))
    beside = rest_in(row["fields"], told)
    if row.get("metadata"):
        beside["metadata"] = listed(row["metadata"])
    made = _answered(given, row["fields"], told)
    return [one if isinstance(one, RowError) else beside | one for one in made]


def _demand_submitted(given: list[Given], record: Any) -> None:
    """Raises RowError where responses without a status of their own may be drafts, or discarded.

    2.x loses it in `to_dict` and JSON, and keeps the record's: completed, once enough responses were submitted.
    """
    untold = sum(status is None for _, status, _, _ in given)
    if untold and record in (*_PUT_AWAY, "pending"):
        raise RowError(f"the record is {record}, and which of its responses were submitted is not told{_EXPORT}")
    if untold > 1:
        raise RowError(f"{untold} responses do not tell whether they were submitted or discarded{_EXPORT}")


def _responses(found: Any) -> Iterator[Given]:
    if isinstance(found, dict):  # 2.x: by question
        yield from _by_user({name: _spread(values) for name, values in found.items()})
    for one in found if isinstance(found, list) else []:  # the API and 1.x: by user
        values = one["values"] or {}
        said = {name: value["value"] if isinstance(value, dict) else value for name, value in values.items()}
        when = _text(one.get("updated_at") or one.get("inserted_at"))
        yield _text(one.get("user_id")), one.get("status"), said, when


def _by_user(questions: dict[str, list[Row]]) -> Iterator[Given]:
    users: dict[Any, dict[str, Any]] = defaultdict(dict)
    status: dict[Any, Any] = {}
    for name, values in questions.items():
        for place, one in enumerate(values):
            who = one.get("user_id")
            key = (who, None) if who is not None else (None, place)
            users[key][name] = one.get("value")
            status[key] = one.get("status")
    for key, said in users.items():
        yield _text(key[0]), status[key], said, None


def _spread(values: Any) -> list[Row]:
    """A question's responses, which a `datasets.Dataset` of 1.x gives as one mapping of lists."""
    if isinstance(values, dict):
        count = len(values["value"])
        return [{name: column[place] for name, column in values.items() if column} for place in range(count)]
    return [one for one in values or [] if isinstance(one, dict)]


def _flat(row: Row, told: Told) -> list[Made | RowError]:
    """2.x writes `QUESTION.responses`, `….users` and `….status`; 1.x the question's own column, a list of mappings."""
    questions: dict[str, list[Row]] = {}
    for name, value in row.items():
        if name.endswith(".responses"):
            users, status = (row.get(f"{name}.{of}") or [None] * len(value) for of in ("users", "status"))
            columns = zip(value, users, status, strict=True)
            questions[name.removesuffix(".responses")] = [
                {"value": said, "user_id": who, "status": how} for said, who, how in columns
            ]
        elif _asked(value):
            questions[name] = _spread(value)
    fields = {name: value for name, value in row.items() if name not in questions and "." not in name}
    rest = {
        name: value
        for name, value in rest_in(fields, told).items()
        if name not in _OF_RECORD and not name.endswith(("-suggestion", "-suggestion-metadata"))
    }
    if row.get("metadata"):
        rest["metadata"] = listed(row["metadata"])
    given = list(_by_user(questions))
    _demand_submitted(given, row.get("status"))
    made = _answered(given, fields, told)
    return [one if isinstance(one, RowError) else rest | one for one in made]


def _asked(value: Any) -> bool:
    return mappings(value, *_SAID) or (isinstance(value, dict) and value.keys() >= _SAID)


def _might(columns: Set[str]) -> bool:
    return any(name.endswith(".responses") for name in columns) or bool(columns & {"external_id", "metadata"})


def _is_flat(row: Row) -> bool:
    return any(str(name).endswith(".responses") for name in row) or any(_asked(value) for value in row.values())


def _answered(given: list[Given], fields: Row, told: Told) -> list[Made | RowError]:
    if not given:
        raise RowError("nobody answered this record")
    made: list[Made | RowError] = []
    for who, status, answers, when in given:
        said = {name: value for name, value in answers.items() if value is not None}
        if status in _PUT_AWAY:
            made.append(RowError(_PUT_AWAY[status]))
        elif not said:
            made.append(RowError("a response without an answer"))
        else:
            by = {"annotator": who, "when": when}
            made += [one if isinstance(one, RowError) else one | by for one in _read(said, fields, told)]
    return made


def _read(said: dict[str, Any], fields: Row, told: Told) -> list[Made | RowError]:
    """A judgement for each question that is about answers; where there is none, why not."""
    made: list[Made | RowError] = []
    left: list[str] = []
    for question, value in said.items():
        try:
            read = listed(value)
            if told.columns.get("rating", question) == question and not _commented(read):
                refuse_turned(question, told)
            one = _judgement(question, read, fields, told)
        except RowError as error:
            made.append(error)
            continue
        if one is None:
            left.append(question)
        else:
            made.append(one)
    rated = [str(one["completion"]) for one in made if isinstance(one, dict) and "rating" in one]
    if len({*rated}) < len(rated):
        return [RowError("the same answer has several ratings: say which counts by `columns: {rating: …}`")]
    for question in left:
        if not made or not ("rating" in told.columns or _commented(said[question])):
            told_by = repr(str(said[question])[:40])
            made.append(RowError(f"the question `{question}` is answered with {told_by}, which names no answer"))
    return made


def _commented(value: Any) -> bool:
    """Whether an answer to a question is a text of somebody's own words and no label."""
    return isinstance(value, str) and len(value.split()) > _LABEL


def _judgement(question: str, value: Any, fields: Row, told: Told) -> Made | None:
    """What an answer to a question says; None where it says nothing that is read. Raises RowError."""
    answers = answers_in(fields, told)
    if mappings(value, "value", "rank"):
        names = [by_name(answers, one["value"]) for one in value]
        return _ranked(names, [one["rank"] for one in value], answers, fields, told)
    if isinstance(value, list) and len(value) > 1:
        names = [by_name(answers, one) for one in value]
        if None not in names and len(value) < len(answers):
            raise RowError(f"`{question}` names {len(value)} of {len(answers)} answers: a ranking names all")
        if (
            None not in names
            and not any(word in plain(question) for word in _RANKS)
            and told.columns.get("rating") != question
        ):
            raise RowError(
                f"`{question}` names {len(value)} answers in a list, as a ranking does, best first, and a question "
                "with several labels, in no order: where it is a ranking, say so by `columns: {rating: "
                + question
                + "}`"
            )
        return None if None in names else _ranked(names, list(range(1, len(value) + 1)), answers, fields, told)
    number = None if isinstance(value, str) else number_of(value)
    if number is not None:
        if told.columns.get("rating", question) != question:
            return None
        if told.scale is None:
            raise RowError(
                f"`{question}` is rated {number:g}, and a record does not tell the scale: say it (`scale: [1, 5]`)"
            )
        answer = {"completion": _spoken_of(question, answers, told), "rating": number}
        return {"prompt": prompt_in(fields, told), **answer, "low": told.scale[0], "high": told.scale[1]}
    best = by_name(answers, value)
    if best is None or len(answers) < 2:
        return None
    others = [said for name, said in answers.items() if name != best]
    if len(others) == 1:
        return compared(prompt_in(fields, told), answers[best], others[0], 0)
    ranks = [1, *(2 for _ in others)]
    return {"prompt": prompt_in(fields, told), "completions": [answers[best], *others], "ranks": ranks}


def _ranked(names: list[str | None], ranks: list[Any], answers: Row, fields: Row, told: Told) -> Made:
    unknown = [str(rank) for name, rank in zip(names, ranks, strict=True) if name is None]
    if unknown or len({*names}) < 2:
        raise RowError("a ranking does not name answers of the record")
    if len({*map(str, ranks)}) == 1:
        raise RowError("a tie: all answers have the same rank")
    said = [answers[name] for name in names if name is not None]
    return {"prompt": prompt_in(fields, told), "completions": said, "ranks": ranks}


def _spoken_of(question: str, answers: Row, told: Told) -> Any:
    """The only answer, or the one whose name the question holds."""
    named = [name for name in answers if plain(name) in plain(question)]
    if len(answers) != 1 and len(named) != 1:
        raise RowError(f"which answer `{question}` rates is not told (answers: {', '.join(answers) or 'none'})")
    return answers[named[0] if len(answers) != 1 else next(iter(answers))]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


ARGILLA = (
    Form(
        "Argilla",
        "rankings, preferred answers, and ratings where their scale is said",
        frozenset({"fields"}),
        _record,
        looks=lambda row: isinstance(row["fields"], dict) and ("responses" in row or "suggestions" in row),
        aside=_OF_RECORD,
    ),
    Form(
        "Argilla, flat",
        "rankings, preferred answers, and ratings where their scale is said",
        frozenset(),
        _flat,
        looks=_is_flat,
        might=_might,
        closed=True,
    ),
)
