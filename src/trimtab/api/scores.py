"""`score`: what scorers say of answers, row by row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import Responses, Source, read_responses
from ..errors import UserError, option
from ..evaluate import measure
from ..judges import scorers_named
from ..loop import EvaluationWithTexts, Progress
from ..metrics import SCORE, rule_metric, score_metric
from ..records import Evaluation, Reject, Score, also_thought, counted_reasons, several_served, thought_version
from ..scorers import Scorer, checked
from ..store import digest
from .inputs import MarksLike, PolicyLike, judge_from, marks_from, policy_from, quiet
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars

_OVER = "answers"
"""The set of items that scored answers are."""
_AT_ONCE = 64
"""Rows handed to a scorer at a time; progress is shown between."""


@dataclass(frozen=True, repr=False)
class ScoreResult(Result):
    """The scores of each scorer, in the order of the rows that have a text; a row of the frame is a row's scores.

    `versions` are the scorers', and `parted` that of how thought is told from answers. `usage` is what a judge was
    asked and what it cost; empty without one. `compare` and `gate` take it as they take an evaluation, with the metrics
    `score.NAME` and `policy.RULE`.
    """

    scores: dict[str, list[Score]]
    versions: dict[str, str]
    read: Responses
    usage: dict[str, Any] = field(default_factory=dict)
    parted: str = field(default_factory=thought_version)

    @property
    def rejected(self) -> tuple[Reject, ...]:
        """Rows without a text, with the reason."""
        return self.read.rejected

    @property
    def unjudged(self) -> dict[str, dict[str, int]]:
        """How many rows each scorer could not judge, by the reason, most first."""
        return {
            name: counted_reasons(one.unjudged for one in some if one.unjudged is not None)
            for name, some in self.scores.items()
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on each scorer behind whose server's one name several models have judged."""
        told = {name: several_served(one.served for one in some) for name, some in self.scores.items()}
        return tuple(f"{name}: {said}" for name, said in told.items() if said)

    @property
    def summary(self) -> str:
        """How many rows, and the mean of each scorer over those that it could judge, with how many it could not."""
        values = {name: [one.value for one in some if one.value is not None] for name, some in self.scores.items()}
        open_ = {name: sum(reasons.values()) for name, reasons in self.unjudged.items()}
        means = ", ".join(
            f"{name} {sum(some) / len(some):.3g}"
            + (f" (n {len(some):,}, {open_[name]:,} not judged)" if len(some) < len(self.read.kept) else "")
            for name, some in values.items()
            if some
        )
        left = f"; {len(self.rejected):,} of {self.read.read:,} rows have no text" if self.rejected else ""
        thought = f"; {self.thought}" if self.thought else ""
        return f"{len(self.read.kept):,} rows: {means or 'none could be judged'}{left}{thought}"

    @property
    def thought(self) -> str:
        """How many responses begin with a thought, and how many are nothing else; "" where none does."""
        some = [row for row in self.read.kept if row.thought]
        if not some:
            return ""
        alone = sum(bool(row.withheld) for row in some)
        return f"{len(some):,} begin with a thought, which is not scored" + (
            f"; {alone:,} hold no answer behind it and are not judged" if alone else ""
        )

    def to_frame(self) -> "polars.DataFrame":
        """A row for each row that was scored: row, prompt, response, and a column of values for each scorer."""
        import polars as pl

        schema: dict[str, Any] = {"row": pl.Int64, "prompt": pl.String, "response": pl.String}
        rows = [
            {
                "row": one.row,
                "prompt": one.prompt,
                "response": one.text,
                **{name: some[place].value for name, some in self.scores.items()},
            }
            for place, one in enumerate(self.read.kept)
        ]
        return frame_of(rows, {**schema, **dict.fromkeys(self.scores, pl.Float64)})

    @cached_property
    def texts(self) -> EvaluationWithTexts:
        """The scores as an evaluation of these answers to these prompts; a scorer that no registry knows has no metric.

        Two are alike where their rows have the same prompts and places, and were scored by the same versions.
        """
        measures = [
            measure(metric.name, [one.value for one in some], 0, over=_OVER, why=[one.unjudged for one in some])
            for name, some in self.scores.items()
            if (metric := rule_metric(name) or score_metric(f"{SCORE}{name}")) is not None
        ]
        if not measures:
            raise UserError(
                f"The scores are those of {', '.join(self.scores)}.",
                "None of these scorers is registered, so that there is no metric of theirs.",
                "Register it with `trimtab.scorer`, or take another.",
            )
        made = Evaluation(
            model="the scored answers",
            fingerprint={
                "prompts": digest([row.prompt for row in self.read.kept]),
                "thought": self.parted,
                **self.versions,
            },
            items={_OVER: tuple(str(row.row) for row in self.read.kept)},
            measures=tuple(measures),
        )
        asked = {(_OVER, str(row.row)): row.prompt for row in self.read.kept}
        return EvaluationWithTexts(made, asked, {(_OVER, str(row.row)): row.text for row in self.read.kept})

    def labels(self, scorer: str) -> Counter[str]:
        """How often each label was given, where the scorer has labels."""
        return Counter(one.label for one in self.scores[scorer] if one.label is not None)


def score(
    data: Source, scorers: str | Scorer | Sequence[str | Scorer] = ("refusal", "toxicity", "style"), *,
    prompt: str = "prompt", response: str = "response", policy: PolicyLike | None = None, label: str | None = None,
    judge_url: str | None = None, judge_model: str | None = None, rubric: str | Path | None = None,
    prices: tuple[float, float] | None = None, progress: Progress | None = None,
    thought: Sequence[MarksLike] = (),
) -> ScoreResult:  # fmt: skip
    """Scores every response, and the prompt it answers where there is one; `prompt` and `response` name the columns.

    A scorer is a name (`refusal`, `style` for all nine of style, `style.words`, `classifier:MODEL`, `reward:FOLDER`,
    `policy.RULE`, `judge`, one of an installed package) or a `Scorer`. With a `policy` all its rules are scored, if no
    one names some. `label` is the class that a classifier's value is the probability of. The `judge` is a model behind
    an OpenAI-compatible server; `prices` of a million tokens in and out tell its cost. What a model thought before an
    answer is not scored; `thought` are pairs of marks that open and close one, beside those that are known.

    Raises UserError where there is no such scorer, the data cannot be read, or no row has a text.
    """
    progress = quiet(progress)
    wanted = [scorers] if isinstance(scorers, str) or not isinstance(scorers, Sequence) else list(scorers)
    for each in wanted:
        if not isinstance(each, str) and not (callable(each) and hasattr(each, "name") and hasattr(each, "version")):
            raise UserError(
                f"A scorer is {each!r:.80}.",
                "It is neither a name nor a scorer, which has `name`, `version` and can be called.",
                "Name one (refusal, toxicity, style), or register a function with `trimtab.scorer`.",
            )
    names = [each for each in wanted if isinstance(each, str)]
    rules = policy_from(policy)
    if rules is not None and not any(name.startswith("policy") for name in names):
        names.append("policy")
    judge = judge_from(judge_url, judge_model, rubric, prices)
    if judge is None and "judge" in names:
        needed = f"Give {option('judge_url')} and {option('judge_model')}."
        raise UserError("A judge is asked for.", "It needs a server and a model.", needed)
    folder = Path(policy).parent if isinstance(policy, str | Path) else None
    found = scorers_named(names, judge=judge, policy=rules, policy_folder=folder, label=label)
    found |= {each.name: checked(each) for each in wanted if not isinstance(each, str)}
    if not found:
        raise UserError("No scorer is named.", "There is nothing to score by.", "Name one: refusal, toxicity, style.")
    with also_thought(marks_from(thought)):
        rows = read_responses(data, prompt=prompt, response=response)
        scores = {name: _scored(name, scorer, rows, progress) for name, scorer in found.items()}
        versions = {name: scorer.version for name, scorer in found.items()}
        return ScoreResult(scores, versions, rows, judge.usage() if judge is not None and "judge" in found else {})


def _scored(name: str, scorer: Scorer, rows: Responses, progress: Progress) -> list[Score]:
    """A score of each row; of one that holds no answer it says why."""
    asked = [row for row in rows.kept if not row.withheld]
    found: list[Score] = []
    at_once = max(1, len(asked)) if getattr(scorer, "together", False) else _AT_ONCE
    with progress.track(name, len(asked)) as tracker:
        for first in range(0, len(asked), at_once):
            found += scorer([(row.prompt, row.text) for row in asked[first : first + at_once]])
            tracker.step(len(found))
    made = iter(found)
    return [Score(scorer=name, value=None, reason=row.withheld) if row.withheld else next(made) for row in rows.kept]
