"""Scorers whose scores a stage keeps, so that what a judge has said once is not asked again after a kill."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..policy import RuleScorer
from ..records import TRAINED, Score, ScorerRef, several_served
from ..scorers import Opened, Row, Scorer, scorer_of, versions
from ..store import Stage, digest
from .parts import scores_in_parts
from .progress import Progress

AT_ONCE = 16
"""Rows that a judge or a classifier is asked at a time: what a kill loses at most."""


@dataclass(frozen=True)
class KeptScorer:
    """A scorer whose scores a stage keeps while it is unfinished. Equal rows are asked once.

    Parts are named by who judges what, so that it may be called any number of times; the version is part of that, as
    two judges may be called alike. `served` is who the server of each score's judge says has judged.
    """

    scorer: Scorer
    title: str
    stage: Stage
    progress: Progress
    served: list[str | None] = field(default_factory=list, compare=False)

    @property
    def name(self) -> str:
        """The scorer's own."""
        return self.scorer.name

    @property
    def version(self) -> str:
        """The scorer's own."""
        return self.scorer.version

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """The scorer's score of each row."""
        asked = list(dict.fromkeys(rows))
        if not asked:
            return []
        part = f"judged-{digest([self.title, self.version, asked])[:12]}"
        made = scores_in_parts(
            self.stage, asked, AT_ONCE, self.scorer, progress=self.progress, name=part, title=self.title
        )
        self.served.extend(each.served for each in made)
        silent = [score.reason for score in made if not score.scored]
        if silent:
            self.progress.say(f"note: {self.title} could not judge {len(silent)} of {len(asked)} answers: {silent[0]}")
        by_row = dict(zip(asked, made, strict=True))
        return [by_row[row] for row in rows]


def kept(opened: Opened, stage: Stage, progress: Progress) -> dict[ScorerRef, Scorer]:
    """The scorers, with the scores of judges and classifiers kept in a stage."""
    asked = {
        ref: KeptScorer(scorer, ref.name, stage, progress)
        for ref, scorer in opened.items()
        if ref.classifier is not None or ref.judge is not None
    }
    rules = {ref: replace(scorer, opened=asked) for ref, scorer in opened.items() if isinstance(scorer, RuleScorer)}
    return {**opened, **asked, **rules}


def judges_noted(opened: Opened) -> list[str]:
    """A sentence on each kept judge under whose one name several have judged."""
    asked = [scorer for scorer in opened.values() if isinstance(scorer, KeptScorer)]
    return [f"{each.title}: {told}" for each in asked if (told := several_served(each.served))]


def scored_by(names: Iterable[str], refs: Iterable[ScorerRef] = (), opened: Opened | None = None) -> dict[str, str]:
    """What a stage's result owes to the scorers that it asks: the version of each, by its name.

    The run's own reward model is another stage's output, and left out.
    """
    asked = {ref.name: scorer_of(ref, opened or {}).version for ref in refs if ref.reward != TRAINED}
    return dict(sorted({**versions(names), **asked}.items()))
