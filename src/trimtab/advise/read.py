"""From a file of feedback, or a spec, to a case. What is not a form of feedback is told, never dropped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..data import Source, read_prompts, table_rows, title_of
from ..errors import UserError
from ..records import Case, Reject
from ..spec import LoadedSpec
from .rows import FORMS, NoForm, Tally

_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)(m|b)(?![a-z0-9])", re.IGNORECASE)
_UNIT = {"m": 10**6, "b": 10**9}


@dataclass(frozen=True)
class CaseRead:
    """The case, and the rows that are none of the known forms: rows told of and rejected ones add up to `read`."""

    case: Case
    rejected: tuple[Reject, ...]
    read: int


def read_case(source: Source | LoadedSpec, *, model: str | None = None) -> CaseRead:
    """The facts of feedback (JSON Lines, JSON, CSV, Parquet, `hub:`, rows in memory), or of a spec.

    A spec's rubric is a programmatic reward, by which the model's own answers to the training prompts are compared; its
    files of feedback are read together. `model` is the name by which comparisons call the model to be trained, so
    that its own answers are known for such. Raises UserError where the file cannot be read, is empty, or holds no
    feedback.
    """
    if not isinstance(source, LoadedSpec):
        return _of_files([source], model)
    spec = source.spec
    parameters = parameters_in(spec.model.name)
    if spec.feedback.files:
        found = _of_files([source.path(file.path) for file in spec.feedback.files], model or spec.model.name)
        return CaseRead(found.case.model_copy(update={"parameters": parameters}), found.rejected, found.read)
    prompts = read_prompts(source.path(spec.prompts.train))
    distinct = len({prompt.messages for prompt in prompts})
    return CaseRead(Case(prompts=distinct, reward="programmatic", parameters=parameters), (), len(prompts))


def parameters_in(name: str) -> int | None:
    """The number of parameters that a model's name tells ("smollm2-135m", "Llama-3.1-8B"), or None."""
    found = _SIZE.findall(name.rpartition("/")[2])
    return round(float(found[-1][0]) * _UNIT[found[-1][1].lower()]) if found else None


def _of_files(sources: Sequence[Source], model: str | None) -> CaseRead:
    names = ", ".join(title_of(source) for source in sources)
    tally = Tally(model)
    rejected: list[Reject] = []
    read = 0
    columns: dict[str, None] = {}
    for source in sources:
        name = title_of(source)
        for place, raw in table_rows(source):
            read += 1
            try:
                if isinstance(raw, Exception):
                    raise NoForm(str(raw))
                columns.update(dict.fromkeys(map(str, raw)))
                tally.add(raw, name, place)
            except NoForm as error:
                excerpt = "" if isinstance(raw, Exception) else str(raw)[:120]
                rejected.append(Reject(source=name, row=place, reason=str(error), excerpt=excerpt))
    if len(rejected) == read:
        there = f" Its columns are {', '.join(columns)}." if columns else ""
        why = f"None of its {read:,} rows is feedback; the first: {rejected[0].reason}." if read else "It holds no row."
        raise UserError(f"{names} was given as feedback.", why + there, f"Give rows with {FORMS}.")
    return CaseRead(tally.case(), tuple(rejected), read)
