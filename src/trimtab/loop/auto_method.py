"""`method: auto`: the method that suits a run's own feedback, on this machine."""

from dataclasses import replace

from pydantic import ValidationError

from ..advise import decide, here, read_case
from ..errors import UserError
from ..spec import LoadedSpec
from .progress import Progress


def advised(loaded: LoadedSpec, progress: Progress) -> str:
    """The method that `trimtab advise` names for the spec here. Raises UserError where its feedback suits none."""
    if any(source.review is not None for source in loaded.spec.feedback.sources):
        raise UserError(
            "training.method is auto.",
            "Its feedback is a review room, and what people will say there is not known yet.",
            "Name a method: dpo for pairs, edits and ratings, kto for thumbs, sft for edits.",
        )
    advice = decide(here(read_case(loaded).case))
    if advice.method == "collect":
        raise UserError(
            "training.method is auto.",
            f"The feedback suits no method yet: {advice.reasons[0].fact}.",
            "Gather more of it (`trimtab advise` tells what), or name a method.",
        )
    progress.say(f"training.method is auto: {advice.method}, because {advice.reasons[0].fact}")
    return advice.method


def with_method(loaded: LoadedSpec, method: str, progress: Progress) -> LoadedSpec:
    """The spec with the method that "auto" came to, and without what does not go with it.

    Raises UserError where the settings cannot be the method's.
    """
    try:
        training, off = loaded.spec.training.by(method)
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UserError(
            f"training.method is auto, which came to {method}.",
            f"The settings do not fit it: {why}.",
            "Correct them, or name a method.",
        ) from None
    for name in off:
        progress.say(f"note: training.{name} does not go with {method}, and is left out")
    return replace(loaded, spec=loaded.spec.model_copy(update={"training": training}))
