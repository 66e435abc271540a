"""What each method needs: memory for its models' states, and time, from the number of parameters.

Estimates to tell "fits" from "does not", not a plan. Where the number of parameters is all that is known, activations
and caches come on top, which is what ROOM is for; where the model's shape is known, `trimtab.models.Need`
holds them too.
"""

from ..models import GIB, TOKENS, TRAINED, weights_gib
from ..records import Case

ROOM = 0.8
"""Share of the memory that weights and optimizer may take; activations and caches need the rest."""

EPISODES = 10_000
"""Answers that on-policy RL samples at the least: 625 steps of 4 prompts with 4 answers each, a short run."""
RATE = {False: 1e11, True: 1e14}
"""Arithmetic a second that training reaches, without and with an accelerator. The first is what TRL's RLOO was seen
to do on two cores (512 tokens of smollm2-135m in 7.1 s), the second a third of an A100's bf16 peak."""
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
