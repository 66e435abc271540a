"""`off-policy`: the answers are far from what the model would say; only where a model is given."""

from typing import Any

import numpy as np

from ...records import Finding
from ...stats import mean_interval
from ..limits import OFF_POLICY
from ..result import CheckResult, ids
from ..view import View


def off_policy(view: View) -> CheckResult | None:
    """By the model's surprise at each token, less its own entropy there: 0 on average for its own samples.

    The mean of -log p over a model's samples is its entropy, so the difference is the nats a token by which the text is
    stranger than the model's own (a lower bound of the divergence needs no samples).
    """
    if view.model is None:
        return None
    sample = view.sample("model")
    surprise, read = [], []
    for row in sample.tolist():
        item = view.trained.row(row, named=True)
        before = f"{item['before']}\n" if item.get("before") else ""
        sides = [_excess(view, before + item["prompt"], item[side]) for side in ("chosen", "rejected")]
        if None not in sides:
            surprise.append(sides)
            read.append(row)
    if not read:
        return None
    rows, both = np.array(read), np.array(surprise, dtype=float)
    beyond = len(sample) - len(rows)
    excess = mean_interval(both[:, :, 0].mean(axis=1), rate=False, seed=view.seed)
    if excess.low <= OFF_POLICY:
        return None
    margin = both[:, 0, 1] - both[:, 1, 1]
    order = np.argsort(-both[:, 0, 0], kind="stable")
    return CheckResult(
        Finding(
            id="off-policy",
            severity="warn",
            title="The answers are far from what the model would say",
            figure=excess.estimate,
            summary=f"The model is surprised by {excess.estimate:.1f} [{excess.low:.1f}, {excess.high:.1f}] nats a "
            "token more than by its "
            f"own text (chosen {both[:, 0, 0].mean():.1f}, rejected {both[:, 1, 0].mean():.1f}); it finds the chosen "
            "side likelier "
            f"in {(margin > 0).mean():.0%} of pairs, by {margin.mean():.1f} nats on average. On a sample of "
            f"{len(rows)} rows{f'; {beyond} others are longer than the model reads' if beyond else ''}.",
            rows=ids(view, rows[order]),
            count=len(rows),
            remedy="Train on the chosen sides first (SFT), or sample the answers from this model and have those "
            "judged.",
        )
    )


def _excess(view: View, asked: str, said: str) -> tuple[float, float] | None:
    """Mean surprise less entropy, in nats a token, and the whole log-probability of an answer.

    None where the two are longer than the model reads.
    """
    import torch

    from ...sharing import unreadable

    head = _head(view.tokenizer, asked)
    answer = view.tokenizer(said, add_special_tokens=False)["input_ids"][: view.max_length]
    if unreadable(view.model, [*head, *answer]) is not None:
        return None
    ids_ = torch.tensor([[*head, *answer]], device=view.model.device)
    with torch.no_grad():
        logits = view.model(input_ids=ids_).logits[0, len(head) - 1 : -1].float()
    logs = torch.log_softmax(logits, -1)
    picked = logs.gather(-1, ids_[0, len(head) :, None]).squeeze(-1)
    entropy = -(logs.exp() * logs).sum(-1)
    return float((-picked - entropy).mean()), float(picked.sum())


def _head(tokenizer: Any, asked: str) -> list[int]:
    if getattr(tokenizer, "chat_template", None):
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}], tokenize=False, add_generation_prompt=True
        )
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])
    return list(tokenizer(f"{asked}\n")["input_ids"])
