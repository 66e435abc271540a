"""`method: auto`: the method that suits a run's own feedback."""

from dataclasses import replace

from ..advise import decide, read_case
from ..errors import UserError
from ..spec import LoadedSpec, TrainingSpec
from .progress import Progress


def advised(loaded: LoadedSpec, progress: Progress) -> str:
    """The method that suits the run's own feedback. Raises UserError where it is too little for any."""
    advice = decide(read_case(loaded).case)
    if advice.method == "collect":
        raise UserError(
            "training.method is auto.",
            f"The feedback suits no method yet: {advice.reasons[0].fact}.",
            "Gather more of it (`trimtab advise` tells what), or name a method.",
        )
    progress.say(f"training.method is auto: {advice.method}, because {advice.reasons[0].fact}")
    return advice.method


def with_method(loaded: LoadedSpec, method: str) -> LoadedSpec:
    """The spec with the method that "auto" came to."""
    training = TrainingSpec.model_validate({**loaded.spec.training.model_dump(), "method": method})
    return replace(loaded, spec=loaded.spec.model_copy(update={"training": training}))
