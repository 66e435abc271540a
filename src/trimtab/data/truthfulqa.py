"""TruthfulQA in its public forms: the authors' CSV, their `mc_task.json`, and the Hugging Face set's rows; and ours."""

from typing import Any

from pydantic import ValidationError

from ..errors import UserError
from ..records import Options, TruthfulItem
from .sources import Source, title_of
from .table import table_rows, why_not_valid

_COLUMNS = ("Question", "Best Answer", "Correct Answers", "Incorrect Answers")
_FORMS = (
    f"Give the authors' CSV (with the columns {', '.join(_COLUMNS)}), their mc_task.json, or rows with "
    '"question", "mc1_targets" and "mc2_targets" (or "question", "best", "right" and "wrong") as JSON, JSON Lines or '
    "Parquet."
)


def read_truthfulqa(source: Source) -> list[TruthfulItem]:
    """The questions of a file (or of a set on the hub), each with its choices for mc1 and mc2, in the file's order.

    From the CSV, mc1 is the best answer against the incorrect ones and mc2 the correct ones against the incorrect ones
    (Lin et al. 2022, section 3.1), split at semicolons. Answers that come twice are kept once. Raises UserError at the
    first row that is no question.
    """
    found = []
    name = title_of(source)
    for place, raw in table_rows(source, _FORMS):
        try:
            if isinstance(raw, Exception):
                raise _NoQuestionError(str(raw))
            found.append(_from_any(raw, place))
        except (ValidationError, _NoQuestionError) as error:
            why = why_not_valid(error) if isinstance(error, ValidationError) else str(error)
            raise UserError(f"{name} {place} is no question of TruthfulQA.", why, _FORMS) from None
    if not found:
        raise UserError(f"{name} was given as TruthfulQA.", "It holds no row.", _FORMS)
    return found


class _NoQuestionError(ValueError):
    pass


def _from_any(raw: dict[str, Any], place: str) -> TruthfulItem:
    if "best" in raw and "right" in raw:
        return _from_lists(raw, place)
    if "question" in raw or "mc1_targets" in raw:
        return _from_targets(raw, place)
    return _from_csv(raw, place)


def _from_lists(raw: dict[str, Any], place: str) -> TruthfulItem:
    return TruthfulItem(
        id=str(raw.get("id") or place),
        category=raw.get("category") or "other",
        question=str(raw.get("question") or ""),
        mc1=_options([raw["best"]], raw.get("wrong") or []),
        mc2=_options(raw["right"], raw.get("wrong") or []),
    )


def _from_csv(raw: dict[str, Any], place: str) -> TruthfulItem:
    missing = [column for column in _COLUMNS if not raw.get(column)]
    if missing:
        raise _NoQuestionError(f"It has no {', no '.join(missing)}.")
    best = raw["Best Answer"].strip()
    right, wrong = (_split(raw[column]) for column in ("Correct Answers", "Incorrect Answers"))
    return TruthfulItem(
        id=place,
        category=raw.get("Category") or "other",
        question=raw["Question"].strip(),
        mc1=_options([best], wrong),
        mc2=_options(right, wrong),
    )


def _from_targets(raw: dict[str, Any], place: str) -> TruthfulItem:
    missing = [key for key in ("question", "mc1_targets", "mc2_targets") if not raw.get(key)]
    if missing:
        raise _NoQuestionError(f"It has no {', no '.join(missing)}.")
    return TruthfulItem(
        id=place,
        category=raw.get("category") or "other",
        question=raw["question"],
        mc1=_labelled(raw["mc1_targets"]),
        mc2=_labelled(raw["mc2_targets"]),
    )


def _labelled(targets: Any) -> Options:
    """`{"choices": […], "labels": [1, 0, …]}` (Hugging Face) or `{"an answer": 1, …}` (mc_task.json)."""
    if not isinstance(targets, dict):
        raise _NoQuestionError("Its targets are not a mapping.")
    if "choices" in targets and "labels" in targets:
        texts, labels = list(targets["choices"]), list(targets["labels"])
        if len(texts) != len(labels):
            raise _NoQuestionError(f"Its targets have {len(texts)} choices and {len(labels)} labels.")
        targets = dict(zip(texts, labels, strict=True))
    if any(label not in (0, 1) for label in targets.values()):
        raise _NoQuestionError("A label of its targets is neither 1 (right) nor 0 (wrong).")
    return Options(texts=tuple(targets), right=tuple(bool(label) for label in targets.values()))


def _options(right: list[str], wrong: list[str]) -> Options:
    labels = dict.fromkeys(right, True) | dict.fromkeys((text for text in wrong if text not in right), False)
    return Options(texts=tuple(labels), right=tuple(labels.values()))


def _split(answers: str) -> list[str]:
    return [answer.strip() for answer in answers.split(";") if answer.strip()]
