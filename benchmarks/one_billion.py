"""DPO with LoRA on a model of 1.2 billion parameters, Llama 3.2's shape with random weights: TRL's step and trimtab's.

    python benchmarks/one_billion.py [--prompt 1024] [--answer 128] [--pairs 4] [--gib 24] [--apart]

A batch has four pairs of eight answers to one prompt (what rankings, and samples judged by a rubric, give); by
`--apart` each pair has a prompt of its own. Weights in bf16, the adapter in fp32, r=16 on all linear layers. Three
ways: TRL's plain step, TRL's with gradient checkpointing (its default, which computes every layer's forward pass
twice), and trimtab's. Each step is taken in a process of its own that may hold `--gib` of data and is stopped beyond
it. Printed are the seconds of a step and its peak memory; where a way was stopped, what it needs is told from the peaks
of two shorter prompts, by a straight line through them. Each step is kept as it is taken: a run that is killed goes on
where it was, and one of fewer `--ways` leaves what it found to the one of all.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from common import parser

SHORT = (128, 256)
"""Prompts from whose peaks the need of a longer one is told."""
PLAIN = "TRL, plain"
WAYS: dict[str, dict[str, Any]] = {
    PLAIN: {"which": "TRL"},
    "TRL, with gradient checkpointing": {"which": "TRL", "gradient_checkpointing": True},
    "trimtab": {"which": "trimtab"},
}
SHAPE = {
    "num_hidden_layers": 16, "hidden_size": 2048, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
    "intermediate_size": 8192, "vocab_size": 128_256, "tie_word_embeddings": True, "max_position_embeddings": 131_072,
    "rope_parameters": {"rope_type": "llama3", "rope_theta": 500_000.0, "factor": 32.0, "low_freq_factor": 1.0,
                        "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
}  # fmt: skip
"""Of Llama 3.2 1B, as its published configuration has it."""


def one(way: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """What a step takes in this process; why it was stopped, where it was."""
    resource.setrlimit(resource.RLIMIT_DATA, (int(arguments.gib * 2**30), resource.RLIM_INFINITY))
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    import gpu_made as made
    from dpo import make, step
    from longer import status

    torch.manual_seed(0)
    config = AutoConfig.for_model("llama", **SHAPE, bos_token_id=None, eos_token_id=0, pad_token_id=made.PAD)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    model = AutoModelForCausalLM.from_config(config)
    torch.set_default_dtype(before)
    told = {"prompt": arguments.prompt, "parameters": sum(parameter.numel() for parameter in model.parameters())}
    rows = made.pairs(arguments.pairs, arguments.prompt, arguments.answer, SHAPE["vocab_size"], spread=0.0)
    if not arguments.apart:
        rows = [{**row, "prompt": rows[0]["prompt"]} for row in rows]
    changes = {name: value for name, value in WAYS[way].items() if name != "which"}
    tokens = made.cached_tokenizer(SHAPE["vocab_size"])
    trainer = make(WAYS[way]["which"], rows, "bf16", arguments.pairs, model=model, tokenizer=tokens, max_length=None,
                   **changes)  # fmt: skip
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    try:
        seconds, loss = step(trainer, 0)
    except (RuntimeError, MemoryError) as error:
        if "alloc" not in str(error) and not isinstance(error, MemoryError):
            raise
        return {**told, "stopped": str(error).splitlines()[0][-120:]}
    return {**told, "seconds": seconds, "GiB": status("VmHWM"), "loss": loss}


def measured(way: str, prompt: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """A step of a way on a prompt of that length, in a process of its own."""
    command = [sys.executable, __file__, "--of", way, "--prompt", str(prompt), "--pairs", str(arguments.pairs),
               "--answer", str(arguments.answer), "--gib", str(arguments.gib)]  # fmt: skip
    done = subprocess.run(
        [*command, *(["--apart"] if arguments.apart else [])], capture_output=True, text=True, check=False
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not found and done.returncode > 0:
        raise SystemExit(f"{way} ended with {done.returncode}: {done.stderr[-2000:]}")
    return found[-1] if found else {"prompt": prompt, "stopped": f"the process ended with {done.returncode}"}


def needed(found: list[dict[str, Any]], prompt: int) -> float:
    """GiB that a step would need, by a straight line through the two shorter ones."""
    (few, low), (more, high) = [(each["prompt"], each["GiB"]) for each in found if "GiB" in each][:2]
    return float(high + (high - low) / (more - few) * (prompt - more))


def main() -> None:
    options = parser("one_billion", __doc__)
    options.add_argument("--prompt", type=int, default=1024, help="tokens")
    options.add_argument("--answer", type=int, default=128, help="tokens of each answer")
    options.add_argument("--pairs", type=int, default=4, help="of a batch")
    options.add_argument("--gib", type=float, default=24.0, help="data that a process may hold")
    options.add_argument("--apart", action="store_true", help="each pair has a prompt of its own")
    options.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    options.add_argument("--of", choices=list(WAYS), help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.of:
        print(json.dumps(one(arguments.of, arguments)), flush=True)
        os._exit(0)  # what is half made where memory ran out is not taken apart
    from common import Kept, machine, show

    arguments.precision = "bf16"
    about = {name: value for name, value in vars(arguments).items() if name not in ("ways", "out", "data", "of")}
    kept = Kept(arguments.out.with_suffix(".kept.jsonl"), {**about, "machine": machine()})
    found = {
        way: [
            kept.once(f"{way}, {length} tokens", partial(measured, way, length, arguments))
            for length in (*(SHORT if way == PLAIN else ()), arguments.prompt)
        ]
        for way in arguments.ways
    }
    ours = found.get("trimtab", [{}])[-1].get("seconds")
    table = []
    for way, steps in found.items():
        last = steps[-1]
        took = f"{last['seconds']:.1f}" if "seconds" in last else f"stopped at {arguments.gib:g} GiB"
        held = f"{last['GiB']:.1f}" if "GiB" in last else f"about {needed(steps, arguments.prompt):.0f} needed"
        times = f"{last['seconds'] / ours:.2f}" if ours and "seconds" in last else ""
        table.append([way, took, times, held, f"{last.get('loss', float('nan')):.4f}"])
    parameters = next(each["parameters"] for steps in found.values() for each in steps if "parameters" in each)
    whose = "prompts of their own" if arguments.apart else "one prompt"
    show(
        f"A DPO step of {arguments.pairs} pairs under {whose} of {arguments.prompt} tokens, answers of "
        f"{arguments.answer}, {parameters / 1e9:.2f} B parameters",
        arguments, ["", "seconds a step", "times trimtab's", "peak GiB", "loss"], table, found, peers=["trl", "peft"],
    )  # fmt: skip
    if set(arguments.ways) == set(WAYS):
        kept.forget()


if __name__ == "__main__":
    main()
