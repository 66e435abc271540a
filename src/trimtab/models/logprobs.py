"""Log-probabilities: of several short continuations under one prompt, and of one model against another."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from .sampler import in_place_cache, left_padded, next_logits


@torch.inference_mode()
def continuation_logps(
    model: PreTrainedModel, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[Sequence[int]]]
) -> list[list[float]]:
    """Summed log-probability, in nats, of each continuation after its prompt; each prompt is computed once.

    `continuations[i]` are the token ids of the continuations of prompt i, the same number for every prompt. The
    prompts' keys and values are computed in one pass, repeated, and read by a second pass over the continuations.
    """
    each = len(continuations[0])
    if any(len(options) != each for options in continuations):
        raise ValueError("every prompt needs the same number of continuations")
    tokens, mask, positions = left_padded(prompts, model.device)
    cache = in_place_cache(model)
    first = next_logits(model, tokens, mask, positions, cache)
    cache.batch_repeat_interleave(each)
    flat = [list(option) for options in continuations for option in options]
    width = max(len(option) for option in flat)
    ids = torch.zeros((len(flat), width), dtype=torch.long, device=model.device)
    real = torch.zeros((len(flat), width), dtype=torch.long, device=model.device)
    for row, option in enumerate(flat):
        ids[row, : len(option)] = torch.tensor(option, device=model.device)
        real[row, : len(option)] = 1
    start = positions[:, -1:].repeat_interleave(each, 0) + 1
    logits = torch.log_softmax(first, -1).repeat_interleave(each, 0).unsqueeze(1)
    if width > 1:
        later = model(
            input_ids=ids[:, :-1],
            attention_mask=torch.cat([mask.repeat_interleave(each, 0), real[:, :-1]], 1),
            position_ids=start + torch.arange(width - 1, device=model.device),
            past_key_values=cache,
            use_cache=True,
        ).logits
        logits = torch.cat([logits, torch.log_softmax(later.float(), -1)], 1)
    picked = logits.gather(-1, ids.unsqueeze(-1)).squeeze(-1)
    sums = (picked * real).sum(-1).tolist()
    return [sums[i : i + each] for i in range(0, len(sums), each)]


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
