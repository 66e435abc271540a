"""Shared-prefix computation: a prompt is computed once, however many continuations it has."""

from .attention import Trees, forest_attention
from .copies import Sizes, decoding_copies, training_copies
from .divergence import divergence, kl_divergence
from .forward import PROBE_TOLERANCE, per_token, predictions, why_not
from .head import DETAILS, Head, Predicted, head_of, predict
from .layout import Forest, beginning, distinct, lay_out, pack
from .lean import described_layers, lean_of
from .limits import UnreadableError, demand_readable, positions_of, unreadable
from .reward import REWARDS, RewardScorer, rewards, without_padding
from .score import Scorer, pack_tokens
from .states import hidden_states, how, leave, quick, quicken, unwrapped
from .worth import Share, parameters_of, pays, when, why_plain

__all__ = [
    "DETAILS",
    "PROBE_TOLERANCE",
    "REWARDS",
    "Forest",
    "Head",
    "Predicted",
    "RewardScorer",
    "Scorer",
    "Share",
    "Sizes",
    "Trees",
    "UnreadableError",
    "beginning",
    "decoding_copies",
    "demand_readable",
    "described_layers",
    "distinct",
    "divergence",
    "forest_attention",
    "head_of",
    "hidden_states",
    "how",
    "kl_divergence",
    "lay_out",
    "lean_of",
    "leave",
    "pack",
    "pack_tokens",
    "parameters_of",
    "pays",
    "per_token",
    "positions_of",
    "predict",
    "predictions",
    "quick",
    "quicken",
    "rewards",
    "training_copies",
    "unreadable",
    "unwrapped",
    "when",
    "why_not",
    "why_plain",
    "without_padding",
]
