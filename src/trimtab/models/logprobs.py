"""The divergence of one model from another, over answers."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from .batching import left_padded


@torch.inference_mode()
def divergence(
    policy: PreTrainedModel,
    start: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
) -> list[float]:
    """KL divergence of the policy from the start model over each of the policy's answers, in nats a token.

    Over the whole vocabulary at each of an answer's tokens, then averaged: the Rao-Blackwellised estimate, which has
    less variance than the log-ratio of the token drawn (Amini, Vieira and Cotterell 2025, "Better estimation of the KL
    divergence between language models"). One batch; an empty answer diverges by 0.
    """
    rows = [[*prompt, *answer] for prompt, answer in zip(prompts, answers, strict=True)]
    tokens, mask, positions = left_padded(rows, policy.device)
    keep = max(len(answer) for answer in answers) + 1
    policy_logps, start_logps = (
        torch.log_softmax(
            model(input_ids=tokens, attention_mask=mask, position_ids=positions, use_cache=False, logits_to_keep=keep)
            .logits[:, -keep:-1]
            .float(),
            -1,
        )
        for model in (policy, start)
    )
    kl = (policy_logps.exp() * (policy_logps - start_logps)).sum(-1)
    return [float(row[-len(answer) :].mean()) if answer else 0.0 for row, answer in zip(kl, answers, strict=True)]
