"""Models: find, pull, load, sample, score.

What needs torch is imported when it is first asked for, so that listing models stays fast.
"""

from typing import TYPE_CHECKING

from ..lazy import attach
from .catalog import entry, entry_of, home, model_folder, read_card, shape_named
from .copied import what_to_copy
from .endpoint import Endpoint, NotTaken
from .engine import Decoding, Engine
from .folders import adapter_config
from .known import CATALOG, SHARING_TYPES, CatalogEntry, size
from .memory import GIB, TRAINED, cached_bytes, choosing_bytes, token_bytes, weights_gib
from .mock import MockEngine
from .need import SHORTENED, STEPPED, TOKENS, Need, memory_told, out_of_memory, rloo_need, sampling_need, step_need
from .pulling import pull
from .shape import Shape
from .system import takes_system, under_system
from .turns import CannotRender, assistants, shape_of, why_not_taken, words_of
from .wire import Reply, encodable, not_answered

if TYPE_CHECKING:
    from .checkpoint import load_checkpoint, load_config, load_tokenizer
    from .in_process import InProcess
    from .loading import LoadedModel, ModelRef, Precision, best_precision, device, identity, load
    from .local_chat import LocalChat
    from .reward import REWARD_HEADS, REWARD_SUMMARY, Ensemble, RewardModel, reward_ref
    from .reward_head import as_reward_model
    from .sampler import ROWS, answer_ids, complete, end_ids, generate, plan_parts, prompt_ids, render, sample_batch
    from .spoken import opened_thought, said, thought_tokens

_WITH_TORCH = {
    "checkpoint": ("load_checkpoint", "load_config", "load_tokenizer"),
    "loading": ("LoadedModel", "ModelRef", "Precision", "best_precision", "device", "identity", "load"),
    "in_process": ("InProcess",),
    "local_chat": ("LocalChat",),
    "sampler": (
        "ROWS",
        "SHARING_TYPES",
        "SHORTENED",
        "STEPPED",
        "TOKENS",
        "answer_ids",
        "complete",
        "end_ids",
        "generate",
        "plan_parts",
        "prompt_ids",
        "render",
        "sample_batch",
        "sampling_need",
    ),
    "spoken": ("opened_thought", "said", "thought_tokens"),
    "reward": ("REWARD_HEADS", "REWARD_SUMMARY", "Ensemble", "RewardModel", "reward_ref"),
    "reward_head": ("as_reward_model",),
}
__getattr__ = attach(__name__, _WITH_TORCH)

__all__ = [
    "CATALOG",
    "GIB",
    "REWARD_HEADS",
    "REWARD_SUMMARY",
    "ROWS",
    "SHARING_TYPES",
    "SHORTENED",
    "STEPPED",
    "TOKENS",
    "TRAINED",
    "CannotRender",
    "CatalogEntry",
    "Decoding",
    "Endpoint",
    "Engine",
    "Ensemble",
    "InProcess",
    "LoadedModel",
    "LocalChat",
    "MockEngine",
    "ModelRef",
    "Need",
    "NotTaken",
    "Precision",
    "Reply",
    "RewardModel",
    "Shape",
    "adapter_config",
    "answer_ids",
    "as_reward_model",
    "assistants",
    "best_precision",
    "cached_bytes",
    "choosing_bytes",
    "complete",
    "device",
    "encodable",
    "end_ids",
    "entry",
    "entry_of",
    "generate",
    "home",
    "identity",
    "load",
    "load_checkpoint",
    "load_config",
    "load_tokenizer",
    "memory_told",
    "model_folder",
    "not_answered",
    "opened_thought",
    "out_of_memory",
    "plan_parts",
    "prompt_ids",
    "pull",
    "read_card",
    "render",
    "reward_ref",
    "rloo_need",
    "said",
    "sample_batch",
    "sampling_need",
    "shape_named",
    "shape_of",
    "size",
    "step_need",
    "takes_system",
    "thought_tokens",
    "token_bytes",
    "under_system",
    "weights_gib",
    "what_to_copy",
    "why_not_taken",
    "words_of",
]
