"""What a scorer is: rows of prompt and answer to scores, with a name and a version. Everything that judges is one."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol

from ..errors import UserError
from ..records import Better, Score, ScorerRef

Row = tuple[str, str]
"""A prompt, "" where there is none, and an answer to it."""


class Scorer(Protocol):
    """What judges answers, all at once.

    `version` changes whenever it would give another value for the same row; it is part of the keys of stages and of the
    fingerprints of evaluations. A scorer may also have `title`, `unit` and `better`, as a `FunctionScorer` has, and
    `together`, true where a row's score hangs on the other rows too, so that they are to be given all at once.
    """

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def version(self) -> str:
        """What its values hang on."""

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row, in their order; one that could not judge has no value and says why."""


Opened = Mapping[ScorerRef, Scorer]
"""The scorers that need a model, a server or a policy, made ready."""

Judgement = Score | float | None
"""What a function says of an answer; None is "could not judge"."""


@dataclass(frozen=True)
class FunctionScorer:
    """A scorer that is one function of a prompt and an answer, and needs no model and no service.

    `better` says which way is good, for tables and gates.
    """

    name: str
    version: str
    judge: Callable[[str, str], Judgement]
    title: str = ""
    unit: str = ""
    better: Better = "neither"
    summary: str = ""

    def score(self, prompt: str, answer: str) -> Score:
        """Scores one answer; a function that cannot judge says so in the score. Raises UserError where it fails."""
        try:
            found: Any = self.judge(prompt, answer)
        except UserError:
            raise
        except Exception as error:
            raise _failed(self.name, f"At the answer {answer[:80]!r} it raised {_told(error)}.") from error
        if found is None:
            return self.nothing(answer)
        if not isinstance(found, Score) and not isinstance(found, Real):
            raise _failed(self.name, f"At the answer {answer[:80]!r} it gave {found!r:.80}, which is no figure.")
        return finite(found if isinstance(found, Score) else Score(scorer=self.name, value=float(found)))

    def nothing(self, answer: str) -> Score:
        """What it says where its function gave None."""
        return Score(scorer=self.name, value=None, reason="nothing to judge")

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row."""
        return [self.score(prompt, answer) for prompt, answer in rows]


class CheckedScorer:
    """A scorer that others wrote, held to what a scorer is: a score of each row, finite or none.

    It has what the scorer has. Called, it raises UserError where that fails, or gives anything else.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.wrapped = scorer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "wrapped":
            raise AttributeError(name)
        return getattr(self.wrapped, name)

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """The scorer's score of each row."""
        name = self.wrapped.name
        try:
            found: list[Any] = list(self.wrapped(rows))
        except UserError:
            raise
        except Exception as error:
            raise _failed(name, f"At {len(rows)} rows it raised {_told(error)}.") from error
        if len(found) != len(rows):
            raise _failed(name, f"Of {len(rows)} rows it gave {len(found)} scores.")
        for each in found:
            if not isinstance(each, Score):
                raise _failed(name, f"It gave {each!r:.80}, which is no `Score`.")
        return [finite(each) for each in found]


def checked(scorer: Scorer) -> Scorer:
    """The scorer, held to what a scorer is; a function is already."""
    made: Scorer = scorer if isinstance(scorer, FunctionScorer | CheckedScorer) else CheckedScorer(scorer)
    return made


def finite(score: Score) -> Score:
    """The score; one that is no finite figure could not judge, and says so."""
    if score.value is None or math.isfinite(score.value):
        return score
    return score.model_copy(update={"value": None, "reason": f"could not judge: gave {score.value}"})


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _failed(name: str, why: str) -> UserError:
    return UserError(
        f"The scorer {name!r} judges answers.",
        why,
        "Mend it: it gives a figure or a `Score` of each row, and None or a `Score` without a value where it cannot.",
    )
