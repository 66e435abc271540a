"""The table of methods. Another method is a file with its `train` and `prepare`, and a row here."""

import math

from ..records import RewardSummary
from .method import KNOBS, Method, Paper, Published

_OUYANG = Paper("Ouyang et al. 2022", "2203.02155")
_LORA = (
    "learning_rate", "epochs", "batch_size", "accumulate", "warmup", "max_length", "max_grad_norm", "checkpoint_every",
    "probe_prompts", "lora", "monitor",
)  # fmt: skip
"""What any training of an adapter on given rows reads."""
_DPO_TERMS = ("sft_weight", "rehearsal_weight")

SFT = Method(
    "sft",
    "SFT",
    _OUYANG,
    rows="demonstration",
    fed_by=("comparison", "critique", "demonstration", "edit", "ranking"),
    train="trimtab.train.sft:train_sft",
    prepare="trimtab.train.sft:prepare_sft",
    settings=_LORA,
    refuses=_DPO_TERMS,
    after_sft=False,
    knobs={name: place for name, place in KNOBS.items() if name != "beta"},
)
DPO = Method(
    "dpo",
    "DPO",
    Paper("Rafailov et al. 2023", "2305.18290"),
    rows="comparison",
    fed_by=("comparison", "critique", "edit", "ranking", "rating", "thumb"),
    train="trimtab.train.dpo:train_dpo",
    prepare="trimtab.train.dpo:prepare_dpo",
    settings=(*_LORA, "beta", *_DPO_TERMS, "soft_labels", "share_prefixes"),
    implicit_reward=True,
    first_loss=math.log(2),
)
KTO = Method(
    "kto",
    "KTO",
    Paper("Ethayarajh et al. 2024", "2402.01306"),
    rows="thumb",
    fed_by=("comparison", "critique", "edit", "thumb"),
    train="trimtab.train.kto:train_kto",
    prepare="trimtab.train.kto:prepare_kto",
    order="trimtab.train.kto:pair_off",
    settings=(*_LORA, "beta"),
    refuses=_DPO_TERMS,
    batch=(2, "kto estimates its KL from the other answers of a batch"),
    implicit_reward=True,
    alone="KTO pairs each prompt with the answer of another row of its batch to estimate the KL, and in shares of a "
    "batch the pairs would be others.",
)
RLHF = Method(
    "rlhf",
    "RLHF",
    _OUYANG,
    rows="comparison",
    fed_by=DPO.fed_by,
    train="trimtab.train.rl:train_rlhf",
    prepare="trimtab.train.rl:prepare_rlhf",
    settings=("rehearsal_weight", "warmup", "max_grad_norm", "share_prefixes", "soft_labels", "lora", "rl"),
    on_policy=True,
    alone="RL itself trains in one.",
    knobs={
        "beta": "training.rl.kl.beta",
        "learning_rate": "training.rl.learning_rate",
        "length": "training.rl.steps",
    },
    usual_beta=0.05,
)
"""On-policy RL after a reward model, or from a reward that is computed."""
METHODS = {method.name: method for method in (SFT, DPO, KTO, RLHF)}
"""What `training.method` can be, beside "auto"."""

REWARD_MODEL = Method(
    "reward",
    "a reward model",
    _OUYANG,
    rows="comparison",
    fed_by=DPO.fed_by,
    train="trimtab.train.reward:train_reward_model",
    prepare="",
    settings=("reward",),
    summary=RewardSummary,
)
"""The step before on-policy RL: no method of its own, and trained like one."""

ALGORITHMS = {
    each.name: each
    for each in (
        Published("rloo", "RLOO", Paper("Ahmadian et al. 2024", "2402.14740")),
        Published("grpo", "GRPO", Paper("Shao et al. 2024", "2402.03300")),
        Published("ppo", "PPO", Paper("Schulman et al. 2017", "1707.06347")),
    )
}
"""The algorithms of on-policy RL: what a training by `rlhf` calls itself."""


def launched_by(name: str) -> Method:
    """The row of what trains in processes of its own: a method, or the reward model."""
    return REWARD_MODEL if name == REWARD_MODEL.name else METHODS[name]


def published(name: str) -> Published:
    """A method or an algorithm by the name that a training's summary has; of one not known here, the name alone."""
    return METHODS.get(name) or ALGORITHMS.get(name) or Published(name, name.upper(), None)
