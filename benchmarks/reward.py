"""Rewards of eight answers a prompt: one by one, in padded batches, and by trimtab with the prompt shared.

    python benchmarks/reward.py [--precision bf16] [--prompts 8] [--batch 16]

Prompts and answers are HH-RLHF's: each prompt with the answers of eight consecutive rows, whose meaning is of no
matter to the time. The reward model is the language model with a fresh head. Padded batches are sorted by length.
The three take turns, twice; the faster time of each counts.
"""

from pathlib import Path
from typing import Any

from common import DEVICE, HH_RLHF, LAYERS, MODEL, batches, parser, rate, show, timed

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from trimtab.data import read_comparisons
from trimtab.models import prompt_ids, pull, render
from trimtab.sharing import RewardScorer, lay_out

ANSWERS = 8


def sequences(path: Path, tokenizer: Any, count: int) -> tuple[list[list[int]], list[list[list[int]]]]:
    """Prompts, and the answers to each, as token ids of the model's chat template."""
    items = read_comparisons(path).kept
    prompts, answers = [], []
    for group in batches(items[: count * ANSWERS // 2], ANSWERS // 2):
        prompt = prompt_ids(tokenizer, group[0].prompt)
        prompts.append(prompt)
        answers.append(
            [
                render(tokenizer, (*group[0].prompt, *side), generation=False)[len(prompt) :]
                for item in group
                for side in (item.chosen, item.rejected)
            ]
        )
    return prompts, answers


@torch.no_grad()
def padded(model: Any, whole: list[list[int]], size: int) -> list[float]:
    """Rewards in batches of like lengths, padded on the right."""
    order = sorted(range(len(whole)), key=lambda i: len(whole[i]))
    found = [0.0] * len(whole)
    for some in batches(order, size):
        width = max(len(whole[i]) for i in some)
        ids = torch.full((len(some), width), model.config.pad_token_id, device=DEVICE)
        for row, i in enumerate(some):
            ids[row, : len(whole[i])] = torch.tensor(whole[i], device=DEVICE)
        mask = torch.arange(width, device=DEVICE) < torch.tensor([len(whole[i]) for i in some], device=DEVICE)[:, None]
        scored = model(input_ids=ids, attention_mask=mask.long(), use_cache=False).logits[:, 0].float().tolist()
        for i, reward in zip(some, scored, strict=True):
            found[i] = reward
    return found


def compare(folder: Path, data: Path, precision: str, count: int, size: int, times: int = 2) -> dict[str, Any]:
    """The three ways by turns, so many `times`, on that `count` of prompts; padded batches are of that `size`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(0)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1, dtype=dtype).to(DEVICE).eval()
    # a token of its own: transformers reads a reward at the last token that is not padding, and every answer here ends
    # in an end of turn
    model.config.pad_token_id = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    prompts, answers = sequences(data / HH_RLHF, tokenizer, count)
    whole = [[*prompt, *answer] for prompt, some in zip(prompts, answers, strict=True) for answer in some]
    scorer = RewardScorer(model, print)
    ways = {
        "one by one": lambda: padded(model, whole, 1),
        f"padded batches of {size}": lambda: padded(model, whole, size),
        "trimtab": lambda: [reward for some in scorer(prompts, answers) for reward in some],
    }
    for work in (lambda: padded(model, whole[:4], 4), lambda: scorer(prompts[:1], answers[:1])):
        work()  # warms up
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    found: dict[str, list[float]] = {}
    for _ in range(times):
        for name, work in ways.items():
            took, found[name] = timed(work)
            seconds[name].append(took)
    alone, *_, shared = found.values()
    tokens = len(lay_out(whole, [len(sequence) for sequence in whole]))
    return {
        "answers": len(whole), "prompts": len(prompts),
        "tokens": {"in all": sum(map(len, whole)), "trimtab": tokens}, "seconds of each": seconds,
        "seconds": {name: min(some) for name, some in seconds.items()},
        "limit seconds": 2 * tokens * LAYERS / rate(precision),
        "rewards apart": max(abs(a - b) for a, b in zip(alone, shared, strict=True)),
        "spread of rewards": max(alone) - min(alone),
    }  # fmt: skip


def main() -> None:
    options = parser("reward", __doc__)
    options.add_argument("--prompts", type=int, default=8)
    options.add_argument("--batch", type=int, default=16, help="of the padded batches")
    arguments = options.parse_args()
    result = compare(pull(MODEL, print), arguments.data, arguments.precision, arguments.prompts, arguments.batch)
    seconds = {**result["seconds"], "arithmetic limit of trimtab's way": result["limit seconds"]}
    rivals = list(seconds.values())[:2]
    table = [[name, f"{took:.2f}", *(f"{rival / took:.2f}" for rival in rivals)] for name, took in seconds.items()]
    show(
        f"Rewards of {ANSWERS} answers to each of {result['prompts']} prompts", arguments,
        ["", "seconds", "times faster than one by one", "than padded batches"], table, result,
    )  # fmt: skip
    apart, spread, tokens = result["rewards apart"], result["spread of rewards"], result["tokens"]
    print(f"\nrewards apart by at most {apart:.1e} (they spread over {spread:.2f})")
    print(f"{tokens['in all']} tokens, of which trimtab computes {tokens['trimtab']}")


if __name__ == "__main__":
    main()
