"""Answers and scores made part by part; each finished part is kept, so that a killed stage does not do it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..policy import RuleScorer
from ..records import Answer, Prompt, Score, ScorerRef
from ..scorers import Opened, Row, Scorer
from ..store import Stage, digest
from .progress import Progress

if TYPE_CHECKING:
    from ..models import Decoding, Engine

JUDGED_AT_ONCE = 16
"""Rows that a judge or a classifier is asked at a time: what a kill loses at most."""


def answers_in_parts(
    stage: Stage,
    engine: "Engine",
    prompts: Sequence[Prompt],
    *,
    samples: int,
    decoding: "Decoding",
    seed: int,
    chat: bool = True,
    progress: Progress,
    title: str,
) -> list[Answer]:
    """`samples` answers to each prompt, in the prompts' order."""
    found: list[Answer] = []
    with progress.track(title, len(prompts) * samples) as tracker:
        for number, part in enumerate(engine.parts(prompts, samples, decoding, chat=chat)):
            some = [prompts[i] for i in part]

            def make(some: list[Prompt] = some) -> list[Answer]:
                return engine.answers(some, samples=samples, decoding=decoding, seed=seed, chat=chat)

            found += stage.part(f"answers-{number:05d}", Answer, make)
            tracker.step(len(found))
    order = {prompt.id: index for index, prompt in enumerate(prompts)}
    return sorted(found, key=lambda answer: (order[answer.prompt_id], answer.index))


def scores_in_parts(
    stage: Stage,
    items: Sequence[Any],
    at_once: int,
    make: Callable[[Sequence[Any]], Sequence[Score]],
    *,
    progress: Progress,
    name: str,
    title: str,
) -> list[Score]:
    """A score of each item, `at_once` at a time; `name` is what the parts' files begin with."""
    found: list[Score] = []
    with progress.track(title, len(items)) as tracker:
        for first in range(0, len(items), at_once):
            some = items[first : first + at_once]

            def scores(some: Sequence[Any] = some) -> list[Score]:
                return list(make(some))

            found += stage.part(f"{name}-{first:05d}", Score, scores)
            tracker.step(len(found))
    return found


@dataclass(frozen=True)
class KeptScorer:
    """A scorer whose scores a stage keeps: what it said before the stage was killed, it is not asked again.

    Equal rows are asked once. Parts are named by what is in them, so that it may be called any number of times.
    """

    scorer: Scorer
    title: str
    stage: Stage
    progress: Progress

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
        once = list(dict.fromkeys(rows))
        if not once:
            return []
        key = digest([self.title, once])[:12]
        at, told = JUDGED_AT_ONCE, self.progress
        made = scores_in_parts(self.stage, once, at, self.scorer, progress=told, name=f"judged-{key}", title=self.title)
        silent = [score.reason for score in made if not score.scored]
        if silent:
            self.progress.say(f"note: {self.title} could not judge {len(silent)} of {len(once)} answers: {silent[0]}")
        by_row = dict(zip(once, made, strict=True))
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
