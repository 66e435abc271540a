"""A reward model from a language model: the same decoder, and a head of one output in place of the vocabulary's."""

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel, PreTrainedTokenizerBase

from ..errors import UserError

_HEAD_SPREAD = 0.02
"""Standard deviation of a fresh head's weights where the model's configuration names none."""


def as_reward_model(start: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, seed: int = 0) -> PreTrainedModel:
    """A sequence-classification model of one label around the decoder of `start`, which it shares and does not copy.

    The head is drawn from `seed` alone, whatever torch's generators have given out before. Raises UserError where
    transformers has no such model for the architecture, or where its head is not a linear layer named score.
    """
    kind = start.config.model_type
    config = type(start.config).from_dict(start.config.to_dict())
    config.num_labels = 1
    config.get_text_config().pad_token_id = tokenizer.pad_token_id
    try:
        with torch.device("meta"):  # the decoder's weights are there already
            model = AutoModelForSequenceClassification.from_config(config, dtype=start.dtype)
    except ValueError as error:
        raise _unfit(kind, str(error).splitlines()[0][:160]) from None
    decoder: object = getattr(model, model.base_model_prefix, None)
    head = getattr(model, "score", None)
    if decoder.__class__ is not start.base_model.__class__:
        raise _unfit(kind, f"its decoder there is a {type(decoder).__name__}, not a {type(start.base_model).__name__}")
    if not isinstance(head, torch.nn.Linear) or getattr(head, "bias", None) is not None:
        raise _unfit(kind, "its head is not a linear layer named score without a bias")
    setattr(model, model.base_model_prefix, start.base_model)
    drawn = torch.empty(head.weight.shape, dtype=torch.float32)
    spread = getattr(config.get_text_config(), "initializer_range", None) or _HEAD_SPREAD
    drawn.normal_(std=spread, generator=torch.Generator().manual_seed(seed))
    head.weight = torch.nn.Parameter(drawn.to(start.device, start.dtype))
    model.config.use_cache = False
    made: PreTrainedModel = model.eval()
    return made


def _unfit(kind: str, why: str) -> UserError:
    return UserError(
        f"The model to make a reward model of is a {kind}.",
        f"transformers has no sequence-classification model of the usual kind for it: {why}.",
        "Start from another model, such as a Llama, Qwen, Mistral, Gemma or GPT-NeoX.",
    )
