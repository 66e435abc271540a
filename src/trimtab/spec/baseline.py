"""What a user would try before any training: the start model under a system message."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Section

BASELINE: Literal["baseline"] = "baseline"
"""What gates and samples call the spec's baseline."""


def _told(text: str) -> str:
    if not text.strip():
        raise ValueError("a system message has words")
    return text


SystemMessage = Annotated[str, Field(min_length=1), AfterValidator(_told)]


class BaselineSpec(Section):
    """The start model with the message `system` put before each prompt, measured beside before and after."""

    system: SystemMessage


def proposed_system(goal: str) -> str:
    """The system message that a user with this goal would try first."""
    return f"You are a helpful assistant. {goal.strip().rstrip('.')}. Give the user what they asked for."


def block_of(system: str) -> str:
    """A baseline as a block of YAML to paste into a spec."""
    import yaml

    told = {"baseline": {"system": system}}
    return str(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110))
