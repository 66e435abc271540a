"""Four samples a prompt of up to 100 new tokens: `transformers.generate` at its best batch size against trimtab.

    python benchmarks/sampling.py [--precision bf16] [--prompts 32] [--rows 128] [--sizes 8 16 32]

The same model in memory, prompts and decoding (temperature 0.8, top-p 0.9, no top-k, stop at the end of the turn). The
peer is given its prompts sorted by length, in batches of each of `--sizes`; its fastest counts. Tokens are those of the
answers, up to and with the end of the turn; what a batch computes after an answer has ended is not one.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from common import LAYERS, MODEL, VOCABULARY, parser, rate, show, timed

import torch

from trimtab.data import read_prompts
from trimtab.models import Decoding, LoadedModel, ModelRef, end_ids, generate, load, prompt_ids
from trimtab.recipes import spec_path
from trimtab.records import Prompt

SAMPLES, NEW = 4, 100
DECODING = Decoding(max_new_tokens=NEW, temperature=0.8, top_p=0.9)


@torch.inference_mode()
def peer(loaded: LoadedModel, prompts: list[list[int]], size: int, decoding: Decoding = DECODING) -> tuple[int, int]:
    """Tokens of the answers, and answers; `size` prompts at a time."""
    ends = torch.tensor(sorted(end_ids(loaded.model, loaded.tokenizer)), device=loaded.model.device)
    tokens = answers = 0
    ordered = sorted(prompts, key=len)
    for first in range(0, len(ordered), size):
        some = ordered[first : first + size]
        padded = loaded.tokenizer.pad({"input_ids": some}, padding_side="left", return_tensors="pt")
        made = loaded.model.generate(
            **padded.to(loaded.model.device),
            do_sample=True,
            temperature=decoding.temperature,
            top_p=decoding.top_p,
            top_k=0,
            num_return_sequences=SAMPLES,
            max_new_tokens=decoding.max_new_tokens,
            eos_token_id=ends.tolist(),
            pad_token_id=loaded.tokenizer.pad_token_id,
        )[:, padded["input_ids"].shape[1] :]
        ended = torch.isin(made, ends)
        lengths = torch.where(ended.any(1), ended.int().argmax(1) + 1, made.shape[1])
        tokens, answers = tokens + int(lengths.sum()), answers + len(made)
    return tokens, answers


def ours(loaded: LoadedModel, prompts: list[Prompt], rows: int, decoding: Decoding = DECODING) -> tuple[int, int]:
    """Tokens of the answers, and answers."""
    found = [
        answer
        for some in generate(
            loaded.model, loaded.tokenizer, prompts, samples=SAMPLES, decoding=decoding, seed=0, rows=rows
        )
        for answer in some
    ]
    return sum(answer.tokens for answer in found), len(found)


def main() -> None:
    options = parser("sampling", __doc__)
    options.add_argument("--prompts", type=int, default=32)
    options.add_argument("--rows", type=int, default=128, help="answers that trimtab decodes at once")
    options.add_argument("--sizes", type=int, nargs="+", default=[8, 16, 32], help="the peer's prompts a batch")
    arguments = options.parse_args()
    prompts = read_prompts(spec_path("concise-friendly").parent / "prompts_train.jsonl")[: arguments.prompts]
    loaded = load(ModelRef(MODEL), arguments.precision, print)
    ids = [prompt_ids(loaded.tokenizer, prompt.messages) for prompt in prompts]
    torch.manual_seed(0)
    peer(loaded, ids[:2], 2)  # both warm up
    ours(loaded, prompts[:2], 8)
    results: list[dict[str, Any]] = []
    ways: dict[str, Callable[[], tuple[int, int]]] = {
        f"transformers.generate, {size} prompts": partial(peer, loaded, ids, size) for size in arguments.sizes
    }
    ways[f"trimtab, {arguments.rows} rows"] = partial(ours, loaded, prompts, arguments.rows)
    for name, work in ways.items():
        seconds, (tokens, answers) = timed(work)
        made = {"name": name, "seconds": seconds, "tokens": tokens, "answers": answers, "rate": tokens / seconds}
        results.append(made)
        print(f"{name}: {tokens} tokens in {seconds:.0f} s", flush=True)
    best = max(found["rate"] for found in results[:-1])
    limit = rate(arguments.precision) / (2 * (LAYERS + VOCABULARY))
    table = [[r["name"], f"{r['seconds']:.0f}", f"{r['rate']:.0f}", f"{r['rate'] / best:.2f}"] for r in results]
    table.append(["arithmetic limit (matrix products alone)", "", f"{limit:.0f}", f"{limit / best:.2f}"])
    show(
        f"Sampling {SAMPLES} answers to {len(prompts)} prompts, up to {NEW} new tokens",
        arguments,
        ["", "seconds", "tokens a second", "against the peer's best"],
        table,
        {"runs": results, "ratio": results[-1]["rate"] / best},
    )


if __name__ == "__main__":
    main()
