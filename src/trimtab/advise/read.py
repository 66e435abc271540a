"""From feedback, or a spec, to a case. What is no feedback is told, never dropped."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..data import NOTHING, Source, Told, no_feedback, read_feedback, read_prompts
from ..errors import UserError, option, worded
from ..records import Case, Reject
from ..spec import LoadedSpec
from .prompt import manner_of
from .rows import case_of

_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)(m|b)(?![a-z0-9])", re.IGNORECASE)
_UNIT = {"m": 10**6, "b": 10**9}


@dataclass(frozen=True)
class CaseRead:
    """The case, the rows of `read` that are no feedback, and which forms of others rows were of."""

    case: Case
    rejected: tuple[Reject, ...]
    read: int
    forms: tuple[str, ...] = ()


def read_case(
    source: Source | LoadedSpec, *, model: str | None = None, told: Told = NOTHING, ignore: Collection[str] = ()
) -> CaseRead:
    """The facts of what `read_feedback` reads, or of a spec. Prompts alone count as prompts.

    A spec's rubric, or a model that judges by a constitution, is a programmatic reward, by which the model's own
    answers to the training prompts are compared; its files of feedback are read together. `model` is the name by which
    comparisons call the model to be trained, so that its own answers are known for such. `told` says
    what a source's rows do not tell, and `ignore` names columns that say nothing of an answer; a spec says both itself.
    Raises UserError where the source cannot be read, is empty, or holds no feedback, or where something is said beside
    a spec.
    """
    if not isinstance(source, LoadedSpec):
        return _of([(source, told, ignore)], model)
    if told != NOTHING or ignore:
        raise UserError(
            f"A spec is given, and {option('form')}, {option('scale')}, {worded('--column', '`columns`')} or "
            f"{option('ignore')} beside it.",
            "A spec says of each of its files what their rows do not tell.",
            "Write form, scale, columns and ignore under the file, in the spec's feedback.",
        )
    spec = source.spec
    facts: dict[str, object] = {
        "parameters": parameters_in(spec.model.name),
        "goal": spec.goal,
        "manner": manner_of(spec),
        "system": spec.baseline.system if spec.baseline is not None else None,
    }
    found = CaseRead(Case(), (), 0)
    if spec.feedback.files:
        files = [(source.path(file.path), file.told, file.ignore) for file in spec.feedback.files]
        found = _of(files, model or spec.model.name)
    ruled = [one.constitution for one in spec.feedback.sources if one.constitution is not None]
    if ruled:
        facts["rules"] = sum(len(each.rules) or len(source.constitution(each).rules) for each in ruled)
        facts["prices"] = next((each.judge.prices for each in ruled if each.judge.prices is not None), None)
    if spec.feedback.drawn:
        prompts = read_prompts(source.path(spec.prompts.train))
        distinct = len({prompt.messages for prompt in prompts})
        facts |= {"reward": "programmatic", "prompts": max(distinct, found.case.prompts)}
        found = replace(found, read=found.read + len(prompts))
    return replace(found, case=found.case.model_copy(update=facts))


def parameters_in(name: str) -> int | None:
    """The number of parameters that a model's name tells ("smollm2-135m", "Llama-3.1-8B"), or None."""
    found = _SIZE.findall(name.rpartition("/")[2])
    return round(float(found[-1][0]) * _UNIT[found[-1][1].lower()]) if found else None


def _of(sources: Sequence[tuple[Source, Told, Collection[str]]], model: str | None) -> CaseRead:
    found = [read_feedback(source, told, ignore=ignore) for source, told, ignore in sources]
    rejected = [reject for one in found for reject in one.rejected]
    read = sum(one.read for one in found)
    if not any(one.kept or one.prompts for one in found):
        raise no_feedback(found)
    forms = tuple(form for one in found for form in one.forms)
    return CaseRead(case_of(found, model), tuple(rejected), read, forms)
