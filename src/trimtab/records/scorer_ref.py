"""How a scorer is named: one grammar for specs, policies and the command line."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from .base import Record

TRAINED = "trained"
"""The reward model that the run itself trains."""
RULE = "policy."
"""What the name of a policy's rule begins with."""

_OPTIONS: dict[str, tuple[str, ...]] = {
    "scorer": (),
    "classifier": ("label", "with_prompt"),
    "judge": ("url", "rubric"),
    "reward": ("uncertainty",),
    "points": (),
    "help": (),
}
"""The kinds of scorers, and the keys that go with each."""
_BY_FILE = ("reward", "points", "help")
"""The kinds whose name is their file's or folder's."""


class ScorerRef(Record):
    """What judges an answer. As text: a registered scorer's name, `policy.RULE`, or `KIND:` with what that one takes.

    As a mapping, exactly one of six. `scorer`: a name. `classifier`: the probability of `label` by a model of a folder
    or the hub, of the answer alone or `with_prompt`. `judge`: the grade, 0 to 1, that a model behind the server at
    `url` gives by `rubric`, a file of text, or by ours. `reward`: a reward model's figure less `uncertainty` deviations
    of its heads; "trained" is the run's own. `points`: the share of needed points made, by a file of points; `help`:
    the probability that an answer helps, by such a file; as bare names both mean the spec's own file. A name is written
    back as text, a mapping without what was left out.
    """

    scorer: str | None = Field(default=None, min_length=1)
    classifier: str | None = Field(default=None, min_length=1)
    label: str | None = None
    with_prompt: bool = False
    judge: str | None = Field(default=None, min_length=1)
    url: str | None = None
    rubric: str | None = None
    reward: str | None = Field(default=None, min_length=1)
    uncertainty: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    points: str | None = Field(default=None, min_length=1)
    help: str | None = Field(default=None, min_length=1)

    @property
    def name(self) -> str:
        """What logs, files and errors call it."""
        if self.classifier is not None:
            return f"classifier:{self.classifier}" + (f":{self.label}" if self.label else "")
        if self.judge is not None:
            return f"judge:{self.judge}" + (f":{PurePath(self.rubric).stem}" if self.rubric else "")
        kind = next((kind for kind in _BY_FILE if getattr(self, kind) is not None), "scorer")
        return str(self.scorer) if kind == "scorer" else f"{kind}:{getattr(self, kind)}"

    @property
    def points_file(self) -> str | None:
        """The file of points that it judges by, where it names one."""
        return self.points if self.points is not None else self.help

    @property
    def by_points(self) -> bool:
        """Whether it judges by points: those of its own file, or without one those of the spec."""
        return self.points_file is not None or self.scorer in ("points", "help")

    @property
    def rule(self) -> str | None:
        """The id of the policy's rule that it names."""
        named = self.scorer is not None and self.scorer.startswith(RULE)
        return str(self.scorer).removeprefix(RULE) if named else None

    @property
    def registered(self) -> bool:
        """Whether it is a scorer of the registry, which needs no model, no server and no policy."""
        return self.scorer is not None and self.rule is None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if isinstance(given, str):
            kind, colon, model = given.partition(":")
            return {kind: model} if colon and kind in ("classifier", *_BY_FILE) else {"scorer": given}
        if not isinstance(given, Mapping | ScorerRef):
            raise PydanticCustomError(
                "scorer_ref", "write a scorer's name, or one of classifier, judge, reward, points and help"
            )
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _OPTIONS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_OPTIONS)}; it has {', '.join(given) or 'none'}")
        for kind, options in _OPTIONS.items():
            strange = [option for option in options if kind not in given and getattr(self, option)]
            if strange:
                raise ValueError(f"`{strange[0]}` goes with `{kind}`")
        if self.judge is not None and not self.url:
            raise ValueError("a judge needs `url`, the address of the server that its model is behind")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, plain: SerializerFunctionWrapHandler) -> Any:
        if self.scorer is not None:
            return self.scorer
        return {name: value for name, value in plain(self).items() if value not in (None, False, 0.0)}
