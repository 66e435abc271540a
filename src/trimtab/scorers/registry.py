"""The scorers that need no model and no service, by name: ours, and those that other packages add."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic_core import PydanticKnownError

from .. import plugins
from ..errors import UserError
from ..records import Better, ScorerRef
from .base import CheckedScorer, FunctionScorer, Judgement, Opened, Scorer, checked
from .help import VERSION as HELP_VERSION
from .help import HelpScorer, PointsScorer, StockScorer, judge_echo, judge_empty
from .medical_advice.judge import VERSION as ADVICE_VERSION
from .medical_advice.judge import judge_advice
from .refusal.judge import VERSION as REFUSAL_VERSION
from .refusal.judge import judge_refusal
from .style import STYLE_SCORERS
from .toxicity.judge import VERSION as TOXICITY_VERSION
from .toxicity.judge import judge_toxicity

F = TypeVar("F", bound=Callable[[str, str], Judgement])

_BUILT_IN: tuple[Scorer, ...] = (
    FunctionScorer("advice", ADVICE_VERSION, judge_advice, "Personal medical advice", "share", "lower"),
    FunctionScorer("refusal", REFUSAL_VERSION, judge_refusal, "Refusal", "probability", "neither"),
    FunctionScorer("toxicity", TOXICITY_VERSION, judge_toxicity, "Toxicity", "0 to 1", "lower"),
    HelpScorer(),
    PointsScorer(),
    FunctionScorer("echo", HELP_VERSION, judge_echo, "Only an echo", "probability", "lower"),
    FunctionScorer("empty", HELP_VERSION, judge_empty, "Says nothing", "share", "lower"),
    StockScorer(),
    *STYLE_SCORERS,
)
SCORERS: dict[str, Scorer] = {scorer.name: scorer for scorer in _BUILT_IN}
"""Every registered scorer; `named` also finds those of packages that were not asked for yet."""

GROUPS = {"style": tuple(scorer.name for scorer in STYLE_SCORERS)}
"""Several scorers under one name."""

_OURS = frozenset(SCORERS)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TAKEN = frozenset({*GROUPS, "judge", "classifier", "reward", "policy"})


def register(made: Scorer) -> None:
    """Puts a scorer into the registry; made again, as by a notebook's cell that is run twice, it replaces its old self.

    Raises UserError for a name that is ours or another's, or that no spec could hold.
    """
    if made.name in _OURS | _TAKEN or not _NAME.fullmatch(made.name):
        raise UserError(
            f"A scorer is called {made.name!r}.",
            "That name is trimtab's own."
            if _NAME.fullmatch(made.name)
            else "A scorer's name holds small letters, digits, `_` and `-`.",
            "Give it another name.",
        )
    other = SCORERS.get(made.name)
    if other is not None and _maker(other) != _maker(made):
        raise UserError(
            f"{_maker(made)} is to be the scorer {made.name!r}.",
            f"There is one by {_maker(other)}.",
            "Give it another name.",
        )
    SCORERS[made.name] = checked(made)


def _maker(made: Scorer) -> str:
    """The function or the class that a scorer is, by its full name."""
    own = made.wrapped if isinstance(made, CheckedScorer) else made
    by = own.judge if isinstance(own, FunctionScorer) else type(own)
    return f"{by.__module__}.{getattr(by, '__qualname__', type(by).__qualname__)}"


def scorer(name: str, *, version: str, title: str = "", unit: str = "", better: Better = "neither") -> Callable[[F], F]:
    """Makes a function of (prompt, answer) a scorer of that name; it gives a figure, a `Score`, or None.

    Raise `version` whenever it would give another value for the same text. Raises UserError as `register`.
    """

    def registering(judge: F) -> F:
        register(FunctionScorer(name, version, judge, title, unit, better, (judge.__doc__ or "").strip()))
        return judge

    return registering


def find(name: str) -> Scorer | None:
    """The scorer of that name, also of an installed package; None where there is none."""
    if name not in SCORERS:
        plugins.load(plugins.SCORERS)
    return SCORERS.get(name)


def names() -> list[str]:
    """The names of all scorers, those of installed packages included."""
    plugins.load(plugins.SCORERS)
    return list(SCORERS)


def named(name: str) -> Scorer:
    """The scorer of that name. Raises UserError where there is none."""
    found = find(name)
    if found is None:
        raise UserError(f"The scorer is {name!r}.", "There is no such scorer.", f"Scorers: {', '.join(names())}.")
    return found


def versions(wanted: Iterable[str]) -> dict[str, str]:
    """The version of each registered scorer of these names; of a group, that of its scorers."""
    return {
        name: ", ".join(dict.fromkeys(named(each).version for each in GROUPS.get(name, (name,))))
        for name in sorted(set(wanted))
    }


def scorer_of(ref: ScorerRef, opened: Opened) -> Scorer:
    """The scorer that a ref names: one that is `opened`, or a registered one. Raises UserError for any other."""
    if ref in opened:
        return opened[ref]
    if ref.registered:
        return named(ref.name)
    raise UserError(
        f"An answer is to be judged by {ref.name}.",
        "It needs a model, a server or a policy, and none is at hand here.",
        "Open it first (`trimtab.judges.open_scorer`), or take a scorer that is offline.",
    )


def known(ref: ScorerRef) -> ScorerRef:
    """The ref itself; as a pydantic validator, an error for a name that no scorer has. Rules are for others to know."""
    if ref.registered and find(ref.name) is None:
        expected: Any = " or ".join(repr(name) for name in names())
        raise PydanticKnownError("literal_error", {"expected": expected.replace(" or ", ", ", len(SCORERS) - 2)})
    return ref
