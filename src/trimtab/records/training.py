"""What training leaves behind: its preflight, its curve and its warnings."""

from enum import StrEnum

from .base import Record
from .overoptimization import Overoptimization


class PreflightName(StrEnum):
    """The checks of a preflight that more than one room knows by name."""

    BEGINS_ONCE = "one beginning-of-text token"
    END_TRAINED = "end of turn is trained"
    ANSWERS_ONLY = "the loss is on answers only"
    LN_2 = "first loss is ln 2"
    HALF_WEIGHTS = "first loss is half the weights"
    PLAIN_LOSS = "first loss is the plain one"
    REFERENCE = "reference is the start"
    POLICY = "the policy starts as the start model"
    PADDING = "padding changes no reward"
    SHARING = "shared prefixes"
    SHARING_EQUAL = "shared prefixes equal the plain path"
    PATH = "the path that training takes"
    MEMORY = "memory"
    SAMPLER = "the sampler says what generate says"
    SCORER = "the scorer gives what plain passes give"
    SYSTEM = "a system message reaches the model"
    ROWS = "every row can be trained on"
    JUDGE = "a judge reads what it is asked"
    CRITIC = "a critic reads what it is asked"


class PreflightCheck(Record):
    """One correctness check made before the first step.

    A run whose `required` check failed is stopped; where another failed, a fast path is given up for the plain one.
    """

    name: str
    passed: bool
    summary: str
    required: bool = True

    @property
    def outcome(self) -> str:
        """The word before it where checks are told."""
        if self.passed:
            return "ok"
        return "FAILED" if self.required else "short" if self.name == PreflightName.MEMORY else "not used"


class TrainingStep(Record):
    """One optimizer step, as logged; None where the method has no such figure, or the step's batch no such answer.

    `chosen_logp` and `rejected_logp` are changes since the start: the log-ratio to the reference, summed over an
    answer's tokens, in nats, averaged over the step's chosen and rejected answers (KTO: liked and disliked ones).
    `margin` is beta times their difference, the difference of the implicit rewards (Rafailov et al. 2023, eq. 5), and
    `accuracy` the share of DPO's comparisons where it is positive. `kl` is KTO's estimate of how far the model has left
    the reference, in nats an answer (Ethayarajh et al. 2024, section 4.1). `token_accuracy` is SFT's share of tokens
    that the model itself would have said. `rehearsal_kl` is how far the model in training has left the start model on
    plain text, in nats a token; None where nothing is rehearsed. The probe figures (`repetition`, `words`, `ended`) are
    of greedy answers to a few training prompts; None at steps without a probe.
    """

    step: int
    loss: float
    accuracy: float | None = None
    margin: float | None = None
    chosen_logp: float | None = None
    rejected_logp: float | None = None
    grad_norm: float
    learning_rate: float
    rehearsal_kl: float | None = None
    repetition: float | None = None
    words: float | None = None
    ended: float | None = None
    kl: float | None = None
    token_accuracy: float | None = None


class RLStep(Record):
    """One optimizer step of on-policy RL, as logged.

    `reward` is the weighted sum over the terms, averaged over the step's answers, and `rewards` each term's own mean,
    without its weight. `kl` is the sampled KL from the reference in nats an answer, and `beta` its price at the step.
    `tokens` is the mean length of the answers, `unended` the share cut at the cap, `entropy` of the policy in nats a
    token, and `value_explained` the share of the returns' variance that PPO's value function foretold.
    """

    step: int
    loss: float
    reward: float
    rewards: dict[str, float]
    kl: float | None
    beta: float | None
    tokens: float
    unended: float
    entropy: float
    grad_norm: float
    learning_rate: float
    rehearsal_kl: float | None = None
    value_explained: float | None = None


class TrainingSummary(Record):
    """The whole of one training stage. Of `comparisons`, `demonstrations`, `thumbs` and `rollouts` the method's own
    is counted; `soft` are the comparisons that were trained on by a label that is not certain (a soft label).

    `rl` is the curve of on-policy RL, which has no `curve`, and `overoptimization` what its checkpoints say together.
    """

    method: str = "dpo"
    comparisons: int = 0
    demonstrations: int = 0
    thumbs: int = 0
    rollouts: int = 0
    soft: int = 0
    steps: int
    epochs: float
    trainable_parameters: int
    precision: str
    device: str
    preflight: tuple[PreflightCheck, ...]
    curve: tuple[TrainingStep, ...]
    warnings: tuple[str, ...]
    rl: tuple[RLStep, ...] = ()
    overoptimization: Overoptimization | None = None
