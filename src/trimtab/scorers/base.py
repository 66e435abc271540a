"""What a scorer is: rows of prompt and answer to scores, with a name and a version. Everything that judges is one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..records import Better, Score, ScorerRef

Row = tuple[str, str]
"""A prompt, "" where there is none, and an answer to it."""


class Scorer(Protocol):
    """What judges answers, all at once.

    `version` changes whenever it would give another value for the same row; it is part of the keys of stages and of the
    fingerprints of evaluations. A scorer may also have `title`, `unit` and `better`, as a `FunctionScorer` has.
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
        """Scores one answer; a function that cannot judge says so in the score."""
        found = self.judge(prompt, answer)
        if isinstance(found, Score):
            return found
        return Score(scorer=self.name, value=found, reason="" if found is not None else "nothing to judge")

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row."""
        return [self.score(prompt, answer) for prompt, answer in rows]
