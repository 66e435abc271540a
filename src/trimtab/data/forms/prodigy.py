"""Prodigy: tasks with the annotator's decision in `answer`, and the ids of chosen `options` in `accept`."""

from ..parts import RowError
from .columns import answers_in, prompt_in, rest_in, the_answer
from .form import Form, Made, Row, Told, mappings

_SHOWN = frozenset({"config", "html", "text"})
"""What else a task shows, or how."""
_OF_TASK = frozenset(
    {"_annotator_id", "_input_hash", "_is_binary", "_session_id", "_task_hash", "_timestamp", "_view_id"}
)
"""What Prodigy itself writes beside a task; other columns, and what `meta` holds, may be somebody's judgement."""
_DECIDED = ("accept", "reject", "ignore")


def _decided(row: Row, told: Told) -> list[Made]:
    decision = row["answer"]
    if decision == "ignore":
        raise RowError("the annotator ignored this task")
    if decision not in _DECIDED:
        raise RowError(f"answer is {str(decision)[:40]!r}, and must be accept, reject or ignore")
    shown = {name: value for name, value in row.items() if name not in ("answer", "accept", "options", *_OF_TASK)}
    who = row.get("_annotator_id", row.get("_session_id"))
    made = _choice(row, shown, told) if "options" in row else _thumb(shown, decision, told)
    rest = {name: value for name, value in rest_in(shown, told).items() if name not in _SHOWN}
    return [rest | made | {"annotator": None if who is None else str(who)}]


def _thumb(shown: Row, decision: str, told: Told) -> Made:
    if "reject" in shown:
        raise RowError("the task shows two sides, `accept` and `reject`, which this form does not read")
    if shown.get("label") is not None:
        raise RowError(
            f"the decision is on whether {str(shown['label'])[:40]!r} (`label`) says what the text is, and no thumb"
        )
    answer = shown.get("text") if "text" in shown and not answers_in(shown, told) else the_answer(shown, told)
    return {"prompt": prompt_in(shown, told), "completion": answer, "label": decision == "accept"}


def _choice(row: Row, shown: Row, told: Told) -> Made:
    """The chosen options over the others: answers to the prompt, where no other answer is shown that they speak of."""
    if row["answer"] == "reject":
        raise RowError("the annotator rejected the task and not an answer")
    options = row["options"]
    if not mappings(options, "id", "text"):
        raise RowError("an option is no text")
    if answers_in(shown, told) or all(str(one["id"]) == one["text"] for one in options):
        raise RowError("its options are labels of a text and no answers to choose among")
    accepted = row.get("accept")
    chosen = {str(name) for name in accepted} if isinstance(accepted, list) else set()
    unknown = chosen - {str(one["id"]) for one in options}
    if unknown:
        raise RowError(f"accept names {', '.join(sorted(unknown))}, which is none of the options")
    if not chosen:
        raise RowError("nothing was chosen")
    if len(chosen) == len(options):
        raise RowError("a tie: all options were chosen")
    ranks = [1 if str(one["id"]) in chosen else 2 for one in options]
    return {"prompt": prompt_in(shown, told), "completions": [one["text"] for one in options], "ranks": ranks}


def _looks(row: Row) -> bool:
    return row["answer"] in _DECIDED and any(name in row for name in ("_input_hash", "_task_hash", "_view_id"))


PRODIGY = (
    Form(
        "Prodigy",
        "thumbs by accept and reject, and choices among options",
        frozenset({"answer"}),
        _decided,
        looks=lambda row: isinstance(row["answer"], str) and _looks(row),
        closed=True,
    ),
)
