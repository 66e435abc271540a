"""How answers of the model's own are sampled."""

from pydantic import Field

from .base import Positive, Section
from .baseline import BASELINE, SystemMessage


class DecodedSpec(Section):
    """How an answer is decoded, and under which message.

    Under `system`, a message or `baseline` for the spec's own, the answers are sampled; what is trained on holds the
    prompt without it, so that the model learns to answer as it does when told (prompt distillation; Askell et al. 2021,
    "A General Language Assistant as a Laboratory for Alignment", arXiv 2112.00861).
    """

    max_new_tokens: Positive = 96
    temperature: float = Field(default=0.9, gt=0, le=5)
    top_p: float = Field(default=0.95, gt=0, le=1)
    system: SystemMessage | None = None

    def told(self, baseline: str | None) -> str | None:
        """The system message that answers are sampled under, where the spec's baseline has this one."""
        return baseline if self.system == BASELINE else self.system


class DrawSpec(DecodedSpec):
    """Several answers to each training prompt."""

    samples_per_prompt: int = Field(default=4, ge=2, le=64)
