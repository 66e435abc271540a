"""The section of a spec that says where feedback comes from, and what its audit may accept."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ..data import Told, form_named
from ..errors import UserError
from ..scorers import Criterion
from .base import Fraction, Positive, Reviewers, Section
from .constitution import ConstitutionSpec
from .critique import CritiqueSpec
from .drawing import DrawSpec
from .rooms import RoomPlace, called
from .rubric import usable_rubric


class SamplingSpec(DrawSpec):
    """Feedback from the model itself: several samples a prompt, judged by the rubric, best against worst.

    With `trim_to_sentences` an answer's first 1, 2, … sentences are candidates too; with `trim_from: anywhere` any run
    of so many of its sentences is, since a small model's first sentences are mostly a preamble.

    The rejected side is the worst whole answer; with `rejected: alike` the worst other candidate that ends and has from
    half to twice the chosen side's words, so that it is not length that a preference method learns.
    """

    trim_to_sentences: int = Field(default=0, ge=0, le=20)
    trim_from: Literal["start", "anywhere"] = "start"
    rejected: Literal["whole", "alike"] = "whole"
    rubric: tuple[Criterion, ...] = Field(min_length=1)
    margin: float = Field(default=0.1, ge=0, lt=1)
    max_comparisons: Positive | None = None

    @model_validator(mode="after")
    def _trims_where_it_says(self) -> Self:
        if self.trim_from != "start" and not self.trim_to_sentences:
            raise ValueError(
                f"`trim_from: {self.trim_from}` is given and `trim_to_sentences` is 0, so that nothing is trimmed; say "
                "how many sentences a candidate may have, or leave `trim_from` out"
            )
        return self

    @field_validator("rubric")
    @classmethod
    def _each_scorer_once(cls, rubric: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return usable_rubric(rubric)


Drawn = DrawSpec | ConstitutionSpec | CritiqueSpec
"""How a source samples the model's own answers."""


class FileSpec(Section):
    """A file of feedback of any type (docs/feedback.md), relative to the spec's folder.

    `weight` is how often its rows are taken: 2.0 each row twice, 0.5 a seeded half. `margin` is for ratings: the share
    of the scale by which two answers must be rated apart to make a comparison; 0.25 is one point of a scale of 1 to 5.
    Columns that `ignore` names say nothing of an answer, and are passed over.

    A file of another tool is known by its look. What its rows do not tell is said here: whose `form` they are, the
    `scale` of its ratings (lowest and highest), and which `columns` are its prompt, answer, left, right and rating.
    """

    path: str = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, le=100)
    margin: Fraction = 0.25
    ignore: tuple[str, ...] = ()
    form: str | None = None
    scale: tuple[float, float] | None = None
    columns: dict[Literal["prompt", "answer", "left", "right", "rating"], str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_a_form(self) -> Self:
        if self.form is not None:
            try:
                form_named(self.form)
            except UserError as error:
                raise ValueError(f"{error.why[:-1]}: {self.form!r}. {error.fix}") from None
        if self.scale is not None and self.scale[0] >= self.scale[1]:
            raise ValueError(
                f"the scale goes from {self.scale[0]:g} to {self.scale[1]:g}; give the lowest figure first"
            )
        return self

    @property
    def told(self) -> Told:
        """What the rows do not tell of themselves."""
        return Told(self.form, self.scale, dict(self.columns.items()))


class ReviewSpec(Section):
    """A review room (docs/review.md): a file relative to the spec's folder, or a database's URL.

    The run waits until `per_item` people have judged each of `need` items. What those say of the `task` (its number,
    where the room has several) is then kept with the run, and later judgements do not change it. Of a rubric one `axis`
    is taken, or the mean. `weight` and `margin` are as in `file`.

    With `sample` the run asks people itself: in each round it samples answers of the model as it is then, puts them
    into the room in pairs, and waits for people to say which is better. The room is the run's own then, review.db in
    its folder, unless `room` names another.
    """

    room: RoomPlace | None = None
    sample: DrawSpec | None = None
    need: Positive
    per_item: Reviewers = 1
    task: Positive | None = None
    axis: str | None = None
    weight: float = Field(default=1.0, gt=0, le=100)
    margin: Fraction = 0.25

    @model_validator(mode="after")
    def _is_filled(self) -> Self:
        if self.room is None and self.sample is None:
            raise ValueError("give the `room` that people judge in, or `sample`, by which the run fills one")
        if self.sample is not None and (self.task is not None or self.axis is not None):
            raise ValueError("what a run samples is judged in pairs, as a task of its own: leave `task` and `axis` out")
        return self

    @property
    def called(self) -> str:
        """What rows and messages call the room: its file or database, without folder, host or user."""
        return called(self.room)


class SourceSpec(Section):
    """One source of feedback, by exactly one of its keys: `sample` makes comparisons of the model's own answers, `file`
    reads what others said, `review` waits for what people say in a review room, `constitution` has a model compare the
    model's own answers by written rules, and `critique` has one write them anew by such rules."""

    sample: SamplingSpec | None = None
    file: FileSpec | None = None
    review: ReviewSpec | None = None
    constitution: ConstitutionSpec | None = None
    critique: CritiqueSpec | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if len(self._given()) != 1:
            kinds = " or ".join(f"`{kind}`" for kind in type(self).model_fields)
            raise ValueError(f"a source is either {kinds}; give each an entry of its own")
        return self

    def _given(self) -> list[str]:
        return [kind for kind in type(self).model_fields if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        """The key of the one that is given."""
        return self._given()[0]

    @property
    def settings(self) -> Section:
        """What stands under that key."""
        found: Section = getattr(self, self.kind)
        return found

    @property
    def draws(self) -> Drawn | None:
        """How the model's own answers are sampled for it, which gives new rows in each round; None where none are."""
        return self.review.sample if self.review is not None else self.sample or self.constitution or self.critique


class FeedbackSpec(Section):
    """Where feedback comes from: a list of `sources`, any number of each kind.

    `sample` and `files` are short for a list of one sampled source and of files. However a spec is written, `sources`
    holds all of them, `sample` the first that is sampled and `files` all files.
    """

    sources: tuple[SourceSpec, ...] = ()
    sample: SamplingSpec | None = Field(default=None, exclude=True, repr=False)
    files: tuple[FileSpec, ...] = Field(default=(), exclude=True, repr=False)

    @model_validator(mode="after")
    def _same_whichever_way(self) -> Self:
        short = [SourceSpec(sample=self.sample)] if self.sample is not None else []
        short += [SourceSpec(file=file) for file in self.files]
        if self.sources and short:
            raise ValueError("give `sources`, or `sample` and `files`, which are short for them, and not both")
        sources = self.sources or tuple(short)
        if not sources:
            raise ValueError(
                "give `sources`: a list of `sample` (compare the model's own answers), `file` (a file of feedback), "
                "`review` (what people say in a review room), `constitution` (a model compares by written rules) and "
                "`critique` (a model writes answers anew by them)"
            )
        sampled = [source.sample for source in sources if source.sample is not None]
        files = tuple(source.file for source in sources if source.file is not None)
        for name, value in (("sources", sources), ("sample", next(iter(sampled), None)), ("files", files)):
            object.__setattr__(self, name, value)  # frozen from here on
        return self

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        """How the model's own answers are sampled for each source that compares or corrects them, in their order."""
        return tuple(draws for source in self.sources if (draws := source.draws) is not None)


class AuditSpec(Section):
    """The audit of comparisons before training on them: findings of these ids do not stop a run, however they weigh."""

    accept: tuple[str, ...] = ()
