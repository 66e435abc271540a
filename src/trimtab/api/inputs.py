"""What callers may give, made into what the rooms take: specs, policies, where progress is shown."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..data import read_text
from ..errors import UserError, option
from ..judges import DEFAULT_RUBRIC, Judge
from ..loop import Progress, Quiet
from ..models import Endpoint
from ..recipes import RECIPES, spec_path
from ..records import Policy, ThoughtMarks
from ..spec import LoadedSpec, Spec, TrainingSpec, load_policy, load_spec, spec_of

if TYPE_CHECKING:
    from ..train import Processes

SpecLike: TypeAlias = str | Path | Mapping[str, Any] | Spec | LoadedSpec
"""A YAML file, a recipe's name, a mapping as YAML would hold it, a `Spec`, or one that was loaded before."""
PolicyLike: TypeAlias = str | Path | Mapping[str, Any] | Policy
"""A YAML file, a mapping as YAML would hold it, or a policy."""
Overrides: TypeAlias = Mapping[str, Any] | Sequence[str]
"""Values by their dotted keys, `{"training.learning_rate": 1e-4}`, or texts, `["training.learning_rate=1e-4"]`."""


MarksLike: TypeAlias = ThoughtMarks | tuple[str, str] | str
"""What opens and what closes a thought: a pair, or one text with `...` between them."""


def marks_from(given: Sequence[MarksLike]) -> list[ThoughtMarks]:
    """Marks of thought. Raises UserError where one of a pair is missing."""
    found = []
    for each in given:
        if isinstance(each, ThoughtMarks):
            found.append(each)
            continue
        first, _, last = each.partition("...") if isinstance(each, str) else (each[0], "", each[1])
        if not first.strip() or not last.strip():
            raise UserError(
                f"{option('thought')} is {each!r}.",
                "It takes what opens a thought and what closes it.",
                "Write both with three dots between them: <plan>...</plan>.",
            )
        found.append(ThoughtMarks(open=first.strip(), close=last.strip()))
    return found


def is_spec(what: object) -> bool:
    """Whether this names or is a spec, where data could stand as well."""
    if isinstance(what, str | Path):
        names = (str(what), str(what).rpartition(":")[0])  # one of several regions is named behind it
        return any(name in RECIPES or Path(name).suffix in {".yaml", ".yml"} for name in names)
    return isinstance(what, Spec | LoadedSpec | Mapping)


def spec_from(what: SpecLike, overrides: Overrides = ()) -> LoadedSpec:
    """The checked spec. The paths of one made in Python start from the working directory. Raises UserError."""
    if isinstance(what, LoadedSpec):
        return spec_of(what.spec, what.folder, overrides) if overrides else what
    if isinstance(what, str | Path):
        return load_spec(spec_path(str(what)), overrides)
    return spec_of(what, Path(), overrides)


def policy_from(what: PolicyLike | None) -> Policy | None:
    """The checked policy. Raises UserError."""
    if what is None or isinstance(what, Policy):
        return what
    return load_policy(Path(what) if isinstance(what, str) else what)


def judge_from(
    url: str | None, model: str | None, rubric: str | Path | None, prices: tuple[float, float] | None
) -> Judge | None:
    """The model behind a server that judges, by a rubric of text or by ours; None where none is named.

    Raises UserError where the server or the model is missing, or the rubric cannot be read.
    """
    if url is None and model is None:
        return None
    if url is None or model is None:
        needed = f"Give {option('judge_url')} and {option('judge_model')}."
        raise UserError("A judge is asked for.", "It needs a server and a model.", needed)
    text = read_text(Path(rubric), "the rubric as text") if rubric is not None else DEFAULT_RUBRIC
    return Judge(Endpoint(url, model), text, prices=prices)


def processes_from(settings: TrainingSpec, count: int, zero: int, nodes: int = 1) -> "Processes | None":
    """So many processes to train in; None for one as ever. Raises UserError where it cannot be."""
    if (count, zero, nodes) == (1, 0, 1):
        return None
    from ..train import Processes

    wanted = Processes(count, zero, nodes)
    wanted.demand(settings)
    return wanted


def quiet(progress: Progress | None) -> Progress:
    """The given progress; for what takes seconds, none is shown by itself."""
    return Quiet() if progress is None else progress
