"""DPO with LoRA on a model of 1.2 billion parameters, Llama 3.2's shape with random weights: TRL's step and trimtab's.

    python benchmarks/one_billion.py [--prompt 1024] [--answer 128] [--pairs 4] [--gib 24] [--apart]

A step has four pairs of eight answers to one prompt (what rankings, and samples judged by a rubric, give); by
`--apart` each pair has a prompt of its own. Weights in bf16, the adapter in fp32, r=16 on all linear layers. The ways:
trimtab's step, TRL's plain step, and TRL's one pair at a time, plain and with gradient checkpointing (its default,
which computes every layer's forward pass twice); of these a step is four times the one that is measured. Each is taken
in a process of its own that may hold `--gib` of data and is stopped beyond it. Printed are seconds and peak memory;
what a way needs that was stopped is told from the peaks of one pair, of a short prompt and of this one, by a straight
line through their tokens. Each is kept as it is taken: a run that is killed goes on where it was, and one of fewer
`--ways` leaves what it found to the one of all.
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

SHORT = 128
"""Tokens of the shorter prompt."""
PLAIN, ALONE, OURS = "TRL, plain", "TRL, one pair at a time", "trimtab"
WAYS: dict[str, dict[str, Any]] = {
    OURS: {},
    ALONE: {},
    PLAIN: {},
    "TRL, one pair at a time, with gradient checkpointing": {"gradient_checkpointing": True},
}
"""By name, the changes to the trainer's configuration."""
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
    told = {
        "tokens": 2 * arguments.pairs * (arguments.prompt + arguments.answer),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }
    rows = made.pairs(arguments.pairs, arguments.prompt, arguments.answer, SHAPE["vocab_size"], spread=0.0)
    if not arguments.apart:
        rows = [{**row, "prompt": rows[0]["prompt"]} for row in rows]
    tokens = made.cached_tokenizer(SHAPE["vocab_size"])
    trainer = make(way.partition(",")[0], rows, "bf16", arguments.pairs, model=model, tokenizer=tokens,
                   max_length=None, **WAYS[way])  # fmt: skip
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    try:
        seconds, loss = step(trainer, 0)
    except (RuntimeError, MemoryError) as error:
        if "alloc" not in str(error) and not isinstance(error, MemoryError):
            raise
        return {**told, "stopped": str(error).splitlines()[0][-120:]}
    return {**told, "seconds": seconds, "GiB": status("VmHWM"), "loss": loss}


def measured(way: str, prompt: int, pairs: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """A step of a way on so many pairs under a prompt of that length, in a process of its own."""
    command = [sys.executable, __file__, "--of", way, "--prompt", str(prompt), "--pairs", str(pairs),
               "--answer", str(arguments.answer), "--gib", str(arguments.gib)]  # fmt: skip
    command += ["--apart"] if arguments.apart else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not found and done.returncode > 0:
        raise SystemExit(f"{way} ended with {done.returncode}: {done.stderr[-2000:]}")
    return found[-1] if found else {"prompt": prompt, "stopped": f"the process ended with {done.returncode}"}


def needed(short: dict[str, Any], long: dict[str, Any], pairs: int) -> float:
    """GiB that a step of so many pairs needs, by a straight line through those of one: in proportion to tokens."""
    few, many = (each["tokens"] for each in (short, long))
    return float(long["GiB"] + (long["GiB"] - short["GiB"]) / (many - few) * (pairs - 1) * many)


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
    found: dict[str, dict[str, Any]] = {}
    for way in arguments.ways:
        pairs = 1 if way.startswith(ALONE) else arguments.pairs
        found[way] = kept.once(way, partial(measured, way, arguments.prompt, pairs, arguments))
    short = kept.once(f"{ALONE}, short", partial(measured, ALONE, SHORT, 1, arguments)) if ALONE in found else {}
    ours, table = found.get(OURS, {}).get("seconds"), []
    for way, step in found.items():
        times = arguments.pairs if way.startswith(ALONE) else 1
        if "seconds" in step:
            held, took = f"{step['GiB']:.1f}", f"{times * step['seconds']:.1f}"
            ratio = f"{times * step['seconds'] / ours:.2f}" if ours else ""
        else:
            known = "GiB" in short and "GiB" in found[ALONE]
            need = f", needs about {needed(short, found[ALONE], arguments.pairs):.0f}" if known else ""
            held, took, ratio = f"beyond {arguments.gib:g}{need}", "stopped", ""
        table.append([way, took, ratio, held, f"{step.get('loss', float('nan')):.4f}"])
    parameters = next(step["parameters"] for step in found.values() if "parameters" in step)
    whose = "prompts of their own" if arguments.apart else "one prompt"
    title = (
        f"A DPO step of {arguments.pairs} pairs under {whose} of {arguments.prompt} tokens, answers of "
        f"{arguments.answer}, {parameters / 1e9:.2f} B parameters"
    )
    header = ["", "seconds a step", "times trimtab's", "peak GiB", "loss"]
    show(title, arguments, header, table, {**found, "short": short}, peers=["trl", "peft"])
    if set(arguments.ways) == set(WAYS):
        kept.forget()


if __name__ == "__main__":
    main()
