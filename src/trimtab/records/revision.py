"""One round of critique and revision of one answer: what was asked, what came, and what became of it."""

from pydantic import Field

from .base import Record


class Critic(Record):
    """All that decides what a critic says of an answer: another value of any of these is another critic.

    `weights` is a hash of the model's files, or of a server's address and the model's name there; `prompt` one of the
    wording around what it is shown and of how its replies are read.
    """

    model: str
    weights: str
    prompt: str
    decoding: dict[str, float]


class CriticUsage(Record):
    """What a critic's replies to all questions of a stage came to; `cost` is None without prices, or where its server
    does not count the tokens of some replies (`uncounted`). `served` is who its server says has answered."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    uncounted: int = 0
    served: tuple[str, ...] = ()


class Revision(Record):
    """An answer held against `rules` that were drawn: what the critic said of it, and the answer that it wrote instead.

    Bai et al. (2022), "Constitutional AI: Harmlessness from AI Feedback", section 3.1. `round` counts from 1, `before`
    is the answer as it stood when the round began. `critique` and `after` are empty where none could be used; `why`
    then says it, and of one that is measured and not `kept` what it loses. `scores` holds by the rubric's scorers what
    (`after`, `before`) earn, and `earned` the rubric's totals in that order; `breaks` the rules that each breaks.
    `critic` is the digest of the `Critic` and `seed` what its replies were drawn with.
    """

    prompt_id: str
    index: int = Field(ge=0)
    round: int = Field(ge=1)
    rules: tuple[str, ...]
    before: str
    critique: str = ""
    after: str = ""
    kept: bool = False
    why: str = ""
    scores: dict[str, tuple[float | None, float | None]] = Field(default_factory=dict)
    earned: tuple[float | None, float | None] = (None, None)
    breaks: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    critic: str
    seed: int

    @property
    def measured(self) -> bool:
        """Whether there was a revision that could be held against the answer."""
        return bool(self.after)
