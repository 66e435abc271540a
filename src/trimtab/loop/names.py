"""What a run's stages of feedback and training are called."""

SFT_STAGE = "train.sft"
"""The supervised fine-tuning before another method."""
REWARD_STAGE = "train.reward"
"""The reward model of RLHF."""
TRAIN_STAGE = "train"
"""The training by the spec's method."""


def round_name(stage: str, number: int) -> str:
    """What a stage of feedback or training is called in a round; the first has no number."""
    return stage if number == 1 else f"{stage}.{number}"
