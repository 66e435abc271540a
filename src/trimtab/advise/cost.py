"""What each method needs: memory for its models' states, and time, from the number of parameters.

Estimates to tell "fits" from "does not", not a plan. Where the number of parameters is all that is known, activations
and caches come on top, which is what ROOM is for; where the model's shape is known, `Need` holds them too.
"""

from dataclasses import dataclass

from ..models import BESIDE, GIB, TRAINED, Shape, adapter_gib, cached_bytes, choosing_bytes, token_bytes, weights_gib
from ..records import Case

ROOM = 0.8
"""Share of the memory that weights and optimizer may take; activations and caches need the rest."""

TOKENS = 256
"""Tokens of a prompt with its answer, where nothing better is known."""
EPISODES = 10_000
"""Answers that on-policy RL samples at the least: 625 steps of 4 prompts with 4 answers each, a short run."""
RATE = {False: 1e11, True: 1e14}
"""Arithmetic a second that training reaches, without and with an accelerator. The first is what TRL's RLOO was seen
to do on two cores (512 tokens of smollm2-135m in 7.1 s), the second a third of an A100's bf16 peak."""
SAMPLED = "decode_batch_size"
TRAINED_ON = "training.batch_size (with twice training.accumulate, each step learns from as many rows)"
ROLLED_OUT = "training.rl.prompts_per_step"
"""The settings that halve what a work takes beside the weights."""
PATIENCE = 168.0
"""Hours that training may take where nobody has said: a week."""


def rl_models(case: Case) -> int:
    """Models in memory for RL with LoRA: the policy (its reference is the same without the adapter), and those that
    judge.

    One reward model where the reward is learned, a cost model beside it where two sides are to be kept.
    """
    learned = case.reward == "none"
    return 1 + (1 + case.constrained if learned else 0)


def rl_gib(case: Case, parameters: int) -> float:
    """GiB for on-policy RL with LoRA, without a value model (RLOO, GRPO)."""
    return rl_models(case) * weights_gib(parameters)


def lora_gib(parameters: int) -> float:
    """GiB for SFT, DPO or KTO with LoRA: one model, which without its adapter is the reference."""
    return weights_gib(parameters)


def ppo_gib(parameters: int) -> float:
    """GiB for PPO with all weights: policy and value model trained, reference and reward model read."""
    return 2 * TRAINED * parameters / GIB + 2 * weights_gib(parameters)


def dpo_gib(parameters: int) -> float:
    """GiB for DPO with all weights: the policy trained, the reference read."""
    return TRAINED * parameters / GIB + weights_gib(parameters)


def rl_hours(parameters: int, accelerator: bool) -> float:
    """Hours of EPISODES answers: sampled, scored, compared with the reference (2N each) and trained on (6N a token).

    N is the number of parameters; 2N operations a token forward, 4N more backward (Kaplan et al. 2020, section 2.1).
    """
    return 12 * parameters * TOKENS * EPISODES / RATE[accelerator] / 3600


@dataclass(frozen=True)
class Need:
    """GiB that one work takes at most: the `weights`, `work` beside them, and the setting that halves the latter."""

    what: str
    weights: float
    work: float
    halves: str

    @property
    def gib(self) -> float:
        """All of it."""
        return self.weights + self.work

    def __str__(self) -> str:
        return f"{self.what} takes up to {self.gib:.3g} GiB: {self.weights:.3g} of weights, {self.work:.3g} beside them"


def sampling_need(shape: Shape, answers: int, tokens: int = TOKENS, precision: str = "bf16") -> Need:
    """Evaluation and sampling of so many answers at once, each of so many tokens with its prompt."""
    work = answers * (tokens * cached_bytes(shape, precision) + choosing_bytes(shape)) / GIB + BESIDE
    return Need(f"sampling {answers} answers at once", weights_gib(shape.parameters, precision), work, SAMPLED)


def step_need(
    shape: Shape, rows: int, tokens: int = TOKENS, precision: str = "bf16", *, rank: int = 16, share: float = 1.0,
    halves: str = TRAINED_ON,
) -> Need:  # fmt: skip
    """A step of training with LoRA on so many rows (DPO: two for each pair), padded to so many tokens; the upper
    `share` of the layers is trained. A forest takes less."""
    work = rows * tokens * token_bytes(shape, precision, share) / GIB + share * adapter_gib(shape, rank) + BESIDE
    told = f"a step on {rows} rows of {tokens} tokens"
    return Need(told, weights_gib(shape.parameters, precision), work, halves)


def rloo_need(
    shape: Shape, answers: int, tokens: int = TOKENS, precision: str = "bf16", *, rank: int = 16, share: float = 1.0,
    judges: int = 0,
) -> Need:  # fmt: skip
    """A step of RLOO on so many answers, which are sampled first; `judges` models of the policy's size reward them."""
    sampled = sampling_need(shape, answers, tokens, precision)
    step = step_need(shape, answers, tokens, precision, rank=rank, share=share)
    weights = sampled.weights * (1 + judges)
    return Need(f"a step of RL on {answers} answers", weights, max(sampled.work, step.work), ROLLED_OUT)
