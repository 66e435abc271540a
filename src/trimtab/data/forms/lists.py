"""Forms of several answers with a list beside them, and of single answers that were scored without a scale."""

from typing import Any

from ..parts import RowError
from .form import Form, Made, Row, Told, answering, listed, number_of, ranked, text_in, texts

_RIGHT = {True: True, False: False, "+": True, "-": False}


def _distilled(row: Row, told: Told) -> list[Made]:
    """distilabel: a list of generations and one of ratings, whose scale the task decides and the row does not tell."""
    ratings = row.get("ratings", row.get("rating"))
    system = row.get("system_prompt", row.get("system"))
    asked = row["messages"] if isinstance(row.get("messages"), list) else text_in(row, "instruction", "input")
    judge = row.get("labelling_model", row.get("model_name"))
    return [ranked(answering(asked, system), row["generations"], _list(ratings), judge=judge)]


def _is_distilled(row: Row) -> bool:
    if not texts(row["generations"]) or not row.keys() & {"instruction", "input", "messages"}:
        return False
    return isinstance(row.get("ratings", row.get("rating")), list)


def _online(row: Row, told: Told) -> list[Made]:
    return [ranked(row["prompt"], row["responses"], _list(row["rewards"]))]


def _list(value: Any) -> list[Any]:
    found = listed(value)
    if not isinstance(found, list):
        raise RowError("its scores are no list")
    return found


def _stepwise(row: Row, told: Told) -> list[Made]:
    """TRL: steps of one solution, each right or wrong; the solution is right where all its steps are."""
    labels = _rights(_list(row["labels"]), row["completions"])
    said = "\n".join(row["completions"])
    first = next((place for place, right in enumerate(labels, 1) if not right), None)
    why = "every step is right" if first is None else f"step {first} of {len(labels)} is wrong"
    return [{"prompt": row["prompt"], "completion": said, "label": first is None, "why": why}]


def _best_of(row: Row, told: Told) -> list[Made]:
    """RLHFlow's sets for best-of-N: whole answers, each right or wrong."""
    labels = _rights(_list(row.get("labels", row.get("label"))), row["answers"])
    pairs = zip(row["answers"], labels, strict=True)
    return [{"prompt": row["prompt"], "completion": answer, "label": right} for answer, right in pairs]


def _rights(labels: list[Any], beside: list[Any]) -> list[bool]:
    if len(labels) != len(beside):
        raise RowError(f"there are {len(beside)} texts and {len(labels)} labels")
    try:
        return [_RIGHT[label] for label in labels]  # True == 1 and False == 0, which are right and wrong as well
    except (KeyError, TypeError):
        raise RowError("its labels are not all true or false") from None


def _logged(row: Row, told: Told) -> list[Made]:
    """TRL's log of completions: of answers to one prompt in one step the trainer prefers those of higher advantage,
    which sums all its rewards. Older logs have one reward instead."""
    name = "advantage" if "advantage" in row else "reward"
    score = number_of(row[name]) if name in row else None
    if score is None:
        raise RowError(f"`{name}` is no number")
    return [{"prompt": row["prompt"], "completion": row["completion"], "score": score, "group": f"step {row['step']}"}]


LISTS = (
    Form(
        "distilabel",
        "rankings of generations by their ratings",
        frozenset({"generations"}),
        _distilled,
        looks=_is_distilled,
        aside=frozenset(
            {
                "chosen",
                "chosen_model",
                "chosen_rating",
                "chosen_score",
                "distilabel_metadata",
                "generation_models",
                "input",
                "instruction",
                "labelling_model",
                "labelling_prompt",
                "messages",
                "model_name",
                "order",
                "original_chosen",
                "original_rejected",
                "prompt",
                "prompt_id",
                "rating",
                "rationale",
                "rationales",
                "ratings",
                "raw_labelling_response",
                "rejected",
                "rejected_model",
                "rejected_rating",
                "status",
                "system",
                "system_prompt",
                "types",
                "rationales-for-ratings",
            }
        ),
    ),
    Form(
        "RLHFlow",
        "rankings of responses by their rewards",
        frozenset({"prompt", "responses", "rewards"}),
        _online,
        looks=lambda row: isinstance(row["responses"], list),
    ),
    Form(
        "RLHFlow best-of-N",
        "thumbs, up where the answer is right",
        frozenset({"prompt", "answers"}),
        _best_of,
        looks=lambda row: texts(row["answers"]) and isinstance(row.get("labels", row.get("label")), list),
        aside=frozenset({"label", "labels"}),
    ),
    Form(
        "TRL stepwise",
        "thumbs on whole solutions, up where every step is right",
        frozenset({"prompt", "completions", "labels"}),
        _stepwise,
        looks=lambda row: texts(row["completions"]) and isinstance(row["labels"], list),
    ),
    Form(
        "TRL GRPO log",
        "rankings of the completions to one prompt in one step by their advantage",
        frozenset({"step", "prompt", "completion"}),
        _logged,
        looks=lambda row: "advantage" in row or "reward" in row,
        closed=True,
        grouped=True,
    ),
)
