"""Multiple choice: a question, the answers to choose from, and which of them are right."""

from pydantic import Field, model_validator

from .base import Record


class Options(Record):
    """Answers to choose from; `right[i]` tells whether `texts[i]` is right. At least one is, and one is not."""

    texts: tuple[str, ...] = Field(min_length=2)
    right: tuple[bool, ...]

    @model_validator(mode="after")
    def _fit(self) -> "Options":
        if len(self.texts) != len(self.right):
            raise ValueError(f"there are {len(self.texts)} answers and {len(self.right)} labels")
        if not all(text.strip() for text in self.texts):
            raise ValueError("an answer is empty")
        if all(self.right) or not any(self.right):
            raise ValueError("there must be a right answer and a wrong one")
        return self


class TruthfulItem(Record):
    """A question of TruthfulQA (Lin et al. 2022): `mc1` has exactly one right answer, `mc2` one or more."""

    id: str = Field(min_length=1)
    category: str = "other"
    question: str = Field(min_length=1)
    mc1: Options
    mc2: Options

    @model_validator(mode="after")
    def _one_best(self) -> "TruthfulItem":
        if sum(self.mc1.right) != 1:
            raise ValueError(f"mc1 needs exactly one right answer and has {sum(self.mc1.right)}")
        return self
