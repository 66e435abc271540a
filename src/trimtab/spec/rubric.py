"""What every rubric of a spec must be."""

from ..records import TRAINED
from ..scorers import Criterion


def usable_rubric(rubric: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """A rubric that judges feedback. Raises ValueError where a scorer stands twice, or is only trained on it later."""
    names = [criterion.scorer.name for criterion in rubric]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the scorer {', '.join(twice)} stands in it more than once; weigh a scorer once")
    if any(criterion.scorer.reward == TRAINED for criterion in rubric):
        raise ValueError("the run's own reward model is trained on this feedback; name one that is there already")
    return rubric
