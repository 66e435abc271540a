"""The source `constitution` of a spec: a file of rules, a judge that compares by them, and what asking may cost."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .asked_model import AskedModelSpec
from .drawing import DecodedSpec


class RuleJudgeSpec(AskedModelSpec):
    """Who compares. `labels` are read from the probabilities of the letters A and B (`log-probabilities`), or from what
    it says (`votes`, so many in each order); `auto` tries the first once. By `checks` no model is asked: a rule prefers
    the answer that keeps it where its own checks see the other break it."""

    labels: Literal["auto", "log-probabilities", "votes", "checks"] = "auto"
    votes: int = Field(default=1, ge=1, le=16)
    temperature: float = Field(default=0.0, ge=0, le=2)

    @property
    def by_checks(self) -> bool:
        """Whether the rules' own checks compare, and no model is asked."""
        return self.labels == "checks"

    @model_validator(mode="after")
    def _labels_fit(self) -> Self:
        if self.votes > 1 and self.temperature == 0:
            raise ValueError(f"{self.votes} votes at temperature 0 are one vote; give a `temperature` above 0")
        if self.labels == "log-probabilities" and (self.votes > 1 or self.temperature > 0):
            raise ValueError("`votes` and `temperature` are for labels by votes; log-probabilities are read once")
        asked = sorted(self.model_fields_set - {"labels"})
        if self.by_checks and asked:
            raise ValueError(f"labels by `checks` ask no model; remove {', '.join(f'`{name}`' for name in asked)}")
        return self


class ConstitutionSpec(DecodedSpec):
    """AI feedback: two answers of the model's own to each prompt, compared by a rule that is drawn from those of the
    file at `path` that are about the prompt (Bai et al. 2022, "Constitutional AI", section 4.1); `rules` names some.

    By `checks` the rule is drawn from those of the highest priority that tell the two answers apart.

    Every pair is asked in both orders. A tie, or a preference by less than `margin` (of twice the distance of the soft
    label from a half), makes no comparison: it is kept in a list for people. An answer that was cut counts up to its
    last whole sentence. `weight` is how often a comparison is taken, so that people's, which are another source, can
    be the larger or the smaller share.
    """

    path: str = Field(min_length=1)
    rules: tuple[str, ...] = ()
    judge: RuleJudgeSpec = RuleJudgeSpec()
    margin: float = Field(default=0.0, ge=0, lt=1)
    weight: float = Field(default=1.0, gt=0, le=100)

    @property
    def samples_per_prompt(self) -> int:
        """Two answers are compared."""
        return 2
