"""What is known of a case, and which training method suits it, with each reason."""

from typing import Literal

from pydantic import Field

from .base import Record

Method = Literal["sft", "dpo", "kto", "rlhf", "collect"]
"""Training methods, and `collect`: gather (more or other) feedback before anything is trained.

`rlhf` is on-policy reinforcement learning from a reward, learned or computed: RLOO, GRPO or PPO.
"""

Reward = Literal["none", "programmatic", "verifiable"]
"""What judges any answer by itself: nothing; a rubric or a scorer, which stands for what is wanted (a proxy);
or a check that is right by itself, such as a test suite or a known result."""

Force = Literal["decides", "excludes", "supports"]
"""Whether a reason can settle the method, rules methods out, or only speaks for one."""

Confidence = Literal["high", "medium", "low"]


class Case(Record):
    """The facts of a case. None is "not known".

    Counts are of distinct items: `comparisons` are pairs judged as such; `ranked_pairs` and `rated_pairs` those that
    rankings and ratings of several answers to one prompt give. `on_policy` is the share of comparisons whose answers
    the model to be trained said itself; `distance` is by how much it finds the chosen answers less likely than its
    own, in nats a token. `label_noise` is the share of wrong labels, `agreement` that of equal labels where something
    was judged twice, `margin` the mean difference of a pair's scores on a scale from 0 to 1. `refined` tells whether
    the reward will be corrected again and again; `constrained` whether two sides must be kept at once (help, and do
    no harm), with safety at stake. `goal` is what is to become of the model, in words; `manner` whether that is how it
    speaks (style, tone, length, form) and not what it may say; `system` the message that asks it for that already, and
    `requests` how many it answers a day. `memory` is in GiB (the accelerator's where there is one), `hours` is the time
    there is for training. `rules` counts those of a constitution by which a model judges answers, and `prices` are
    those of a million tokens of it, in and out.
    """

    demonstrations: int = Field(default=0, ge=0)
    comparisons: int = Field(default=0, ge=0)
    rankings: int = Field(default=0, ge=0)
    ranked_pairs: int = Field(default=0, ge=0)
    ratings: int = Field(default=0, ge=0)
    rated_pairs: int = Field(default=0, ge=0)
    thumbs_up: int = Field(default=0, ge=0)
    thumbs_down: int = Field(default=0, ge=0)
    edits: int = Field(default=0, ge=0)
    critiques: int = Field(default=0, ge=0)
    prompts: int = Field(default=0, ge=0)
    on_policy: float | None = Field(default=None, ge=0, le=1)
    distance: float | None = None
    label_noise: float | None = Field(default=None, ge=0, le=0.5)
    agreement: float | None = Field(default=None, ge=0, le=1)
    margin: float | None = Field(default=None, ge=0, le=1)
    reward: Reward = "none"
    refined: bool = False
    constrained: bool = False
    goal: str | None = None
    manner: bool | None = None
    system: str | None = None
    requests: int | None = Field(default=None, gt=0)
    memory: float | None = Field(default=None, gt=0)
    hours: float | None = Field(default=None, gt=0)
    accelerator: bool | None = None
    parameters: int | None = Field(default=None, gt=0)
    rules: int = Field(default=0, ge=0)
    prices: tuple[float, float] | None = None

    @property
    def pairs(self) -> int:
        """All comparisons that the feedback gives: judged, ranked, rated, and edited over original."""
        return self.comparisons + self.ranked_pairs + self.rated_pairs + self.edits

    @property
    def thumbs(self) -> int:
        """Answers judged good or bad by themselves."""
        return self.thumbs_up + self.thumbs_down


class Reason(Record):
    """One reason: the fact, the figure behind it, the method it speaks for, and who found that it does.

    `favours` is None where the fact speaks for no method (a machine too small for any). `against` are the methods
    that an excluding reason rules out.
    """

    fact: str
    figure: float
    favours: Method | None
    source: str
    force: Force = "supports"
    against: tuple[Method, ...] = ()


class Change(Record):
    """A fact that, were it otherwise, would change the method: `summary` tells it in one sentence."""

    fact: str
    method: Method
    unknown: bool
    summary: str


class PromptFirst(Record):
    """That a system message is to be tried before anything is trained: the message, of about so many tokens, why, and
    what would have to be true for training to pay."""

    system: str
    tokens: int
    fact: str
    source: str
    would_pay: tuple[str, ...]


class Advice(Record):
    """The method, and why. The first reason is the one that decided.

    `prompt_first` is there where the goal is one that a prompt can ask for, and comes before the method.

    `steps` are what to do in order ("sft", then "dpo"); `variant` is the kind of the method that fits. `runner_up` is
    what would be advised were the method ruled out. `confidence` counts what could overturn the advice: facts not known
    that would change the method and reasons that speak for another (none: high, one or two: medium, more: low).
    """

    method: Method
    variant: str
    steps: tuple[Method, ...]
    reasons: tuple[Reason, ...] = Field(min_length=1)
    would_change: tuple[Change, ...]
    runner_up: Method | None
    confidence: Confidence
    prompt_first: PromptFirst | None = None
