"""The causes, one row each, and how a run's are ranked.

A cause's score is the sum of its evidence for, less the evidence against, held between 0 and 1; each piece carries its
weight and says why. Scores rank causes; they are no probabilities.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..records import Cause, Diagnosis, Evidence
from . import leakage, measurement, optimisation, reward, rubric
from .data import DATA, weighed
from .evidence import Facts, score
from .interventions import interventions
from .symptoms import symptoms

LIKELY = 0.3
"""From this score on a cause is worth an intervention: more than one weak sign, or a clear one that nothing speaks
against. Calibrated by tests/diagnose: a run without a fault stays below, one with a middling fault above."""

Weigh = Callable[[Facts], list[Evidence]]


@dataclass(frozen=True)
class Known:
    """A cause that is weighed for every run."""

    title: str
    weigh: Weigh


CAUSES: dict[str, Known] = {
    "gamed-rubric": Known("What is paid for is made without help", rubric.gamed_rubric),
    "swapped-labels": Known("The labels point the wrong way", reward.swapped_labels),
    "wrong-reference": Known("The reference is not the model that training started from", optimisation.wrong_reference),
    "too-small-beta": Known("Leaving the start costs too little (beta)", optimisation.too_small_beta),
    "too-high-learning-rate": Known("The learning rate is too high", optimisation.too_high_learning_rate),
    "too-few-steps": Known("Training was too short", optimisation.too_few_steps),
    "eos-masked": Known("The end of turn is not trained", optimisation.eos_masked),
    "over-optimisation": Known("Training went past its best point", optimisation.over_optimisation),
    "leakage": Known("Another region's ways came in", leakage.leakage),
    "scorer-errors": Known("The measure errs as much as the model changed", measurement.scorer_errors),
    "too-few-items": Known("Too few items to decide", measurement.too_few_items),
}
"""By id, beside those of the data (`data.DATA`) and a reward model's flaws, whose ids are their findings'."""


def diagnose(facts: Facts, notes: tuple[str, ...] = ()) -> Diagnosis:
    """Symptoms and causes, likeliest first; a cause with no evidence for it is left out."""
    weighed_ = [(name, known.title, known.weigh(facts)) for name, known in CAUSES.items()]
    weighed_ += [(f.id, DATA[f.id].title, weighed(DATA[f.id], f, facts)) for f in facts.findings if f.id in DATA]
    weighed_ += [(f.id, f.title, reward.reward_flaw(f, facts)) for f in facts.reward or ()]
    causes = [
        Cause(
            id=name,
            title=title,
            score=score(evidence),
            evidence=tuple(sorted(evidence, key=lambda each: (each.speaks != "for", -each.weight))),
            interventions=interventions(name, facts),
        )
        for name, title, evidence in weighed_
        if any(each.speaks == "for" for each in evidence)
    ]
    causes.sort(key=lambda cause: (-cause.score, cause.id))
    return Diagnosis(symptoms=symptoms(facts), causes=tuple(causes), notes=notes)


def likely(diagnosis: Diagnosis) -> tuple[Cause, ...]:
    """The causes that are worth an intervention."""
    return tuple(cause for cause in diagnosis.causes if cause.score >= LIKELY)
