"""DPO steps of TRL's DPOTrainer against the shared-prefix trainer: the same pairs, LoRA, precision and loss.

    python benchmarks/dpo.py [--precision bf16] [--steps 8] [--data DIR] [--out FILE]

Two cases: pairs of HH-RLHF (several turns of prompt, two answers), in order of the file; and answers of like lengths
under a one-character prompt, so that next to nothing is shared and little is padded. The trainers, each in a process
of its own, take turns on the same batches. Time is of whole training steps (reference, policy, backward) without the
optimizer. Another process of its own runs each trainer for peak memory.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import HH_RLHF, LAYERS, MODEL, Beside, parser, rate, show, timed

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

from trimtab.data import read_comparisons
from trimtab.models import pull
from trimtab.sharing import lay_out
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

BATCH = 4
LOSS, GRADIENT = "loss apart by", "gradient apart by, of its norm"
TRAINERS = {"TRL": DPOTrainer, "trimtab": SharedPrefixDPOTrainer}


def pairs(data: Path, case: str, count: int) -> list[dict[str, Any]]:
    """Rows in TRL's conversational form."""
    found = []
    for item in read_comparisons(data / HH_RLHF).kept:
        row = {side: [m.model_dump() for m in getattr(item, side)] for side in ("prompt", "chosen", "rejected")}
        if case == "nothing to share":
            row["prompt"] = [{"role": "system", "content": "."}, {"role": "user", "content": "?"}]
        found.append(row)
    if case == "nothing to share":  # like lengths together: the padded path has no padding to pay for either
        found.sort(key=lambda row: (abs(_size(row, "chosen") - _size(row, "rejected")), _size(row, "chosen")))
        found = sorted(found[: count * 3], key=lambda row: _size(row, "chosen"))[count : 2 * count]
    return found[:count]


def _size(row: dict[str, Any], side: str) -> int:
    return len(row[side][0]["content"])


def make(
    which: str, rows: list[dict[str, Any]], precision: str, size: int = BATCH, *,
    model: Any = None, tokenizer: Any = None, **changes: Any,
) -> Any:  # fmt: skip
    """A trainer of batches of that `size` in its first step's state, of SmolLM2 unless a model and its tokenizer are
    given. `changes` go to its configuration."""
    if model is None:
        folder = pull(MODEL, lambda text: None)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    settings: dict[str, Any] = {
        "output_dir": tempfile.mkdtemp(), "per_device_train_batch_size": size, "bf16": precision == "bf16",
        "use_cpu": not torch.cuda.is_available(), "gradient_checkpointing": False, "max_length": 512, "report_to": [],
    }  # fmt: skip
    arguments = DPOConfig(**{**settings, **changes})
    torch.manual_seed(0)
    lora = LoraConfig(
        r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False
    )  # fmt: skip
    trainer = TRAINERS[which](
        model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=lora,
    )
    for name, parameter in trainer.model.named_parameters():
        if "lora_B" in name:
            parameter.data *= 0.02  # an adapter that has been trained a little: else every loss is ln 2
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    return trainer


def batch(trainer: Any, number: int) -> dict[str, Any]:
    """Batch `number` as the trainer collates it."""
    size = trainer.args.per_device_train_batch_size
    return trainer.data_collator([trainer.train_dataset[i] for i in range(size * number, size * (number + 1))])


def step(trainer: Any, number: int) -> tuple[float, float]:
    """Seconds and loss of a training step."""
    inputs = batch(trainer, number)
    with trainer.accelerator.autocast():  # which `train` would put around the policy
        seconds, loss = timed(lambda: trainer.training_step(trainer.model, inputs))
    return seconds, float(loss)


def _gradient(trainer: Any) -> Any:
    """All gradients, one after another, as an array."""
    return torch.cat([p.grad.flatten() for p in trainer.model.parameters() if p.grad is not None]).cpu().numpy()


def _tokens(trainer: Any, number: int) -> tuple[int, list[list[int]]]:
    """How many tokens a batch has with its padding, and each row's without."""
    inputs = batch(trainer, number)
    rows = zip(inputs["input_ids"].tolist(), inputs["attention_mask"].tolist(), strict=True)
    return inputs["input_ids"].numel(), [ids[: sum(seen)] for ids, seen in rows]


def compare(
    case: str, arguments: argparse.Namespace, size: int = BATCH, process: type[Beside] = Beside
) -> dict[str, Any]:  # fmt: skip
    """Both trainers on the same batches, by turns, each in a `process`; the first batch warms up and is not counted."""
    rows = pairs(arguments.data, case, size * (arguments.steps + 1))
    trainers = {which: process(make, which, rows, arguments.precision, size) for which in TRAINERS}
    seconds: dict[str, list[float]] = {which: [] for which in TRAINERS}
    apart = 0.0
    padded = computed = 0
    for number in range(arguments.steps + 1):
        order = list(TRAINERS) if number % 2 else list(TRAINERS)[::-1]
        made = {which: trainers[which](step, number) for which in order}
        apart = max(apart, abs(made["TRL"][1] - made["trimtab"][1]))
        if number:
            for which in TRAINERS:
                seconds[which].append(made[which][0])
            tokens, texts = trainers["TRL"](_tokens, number)
            padded += tokens
            computed += len(lay_out(texts, [1] * len(texts)))
    theirs, ours = (torch.from_numpy(trainers[which](_gradient)) for which in ("TRL", "trimtab"))
    for trainer in trainers.values():
        trainer.close()
    medians = {which: statistics.median(found) for which, found in seconds.items()}
    return {
        "case": case,
        "steps": arguments.steps,
        "seconds of each step": seconds,
        "seconds a step": medians,
        "pairs a second": {which: size / found for which, found in medians.items()},
        "ratio of medians": medians["TRL"] / medians["trimtab"],
        "median of ratios": statistics.median(a / b for a, b in zip(seconds["TRL"], seconds["trimtab"], strict=True)),
        "ratio of sums": sum(seconds["TRL"]) / sum(seconds["trimtab"]),
        LOSS: apart,
        GRADIENT: float((ours - theirs).norm() / theirs.norm()),
        "tokens a step": {"TRL": padded / arguments.steps, "trimtab": computed / arguments.steps},
        "arithmetic limit, seconds a step": 3 * 2 * LAYERS * computed / arguments.steps
        / rate(arguments.precision),
    }  # fmt: skip


def peak() -> float:
    """Peak resident memory of this process, in MiB; `ru_maxrss` would begin at that of the process which started it."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**20
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def memory(which: str, arguments: argparse.Namespace) -> float:
    """Peak resident memory, in MiB, of a process that takes two steps."""
    command = [sys.executable, __file__, "--peak-of", which, "--precision", arguments.precision]
    done = subprocess.run([*command, "--data", str(arguments.data)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    options = parser("dpo", __doc__)
    options.add_argument("--steps", type=int, default=6)
    options.add_argument("--peak-of", choices=list(TRAINERS), help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.peak_of:
        trainer = make(arguments.peak_of, pairs(arguments.data, "HH-RLHF", 2 * BATCH), arguments.precision)
        for number in range(2):
            step(trainer, number)
        print(peak())
        return
    results = [compare(case, arguments) for case in ("HH-RLHF", "nothing to share")]
    peaks = {which: memory(which, arguments) for which in TRAINERS}
    table = []
    for found in results:
        took, tokens = found["seconds a step"], found["tokens a step"]
        ratios = [f"{found[name]:.2f}" for name in ("ratio of medians", "ratio of sums")]
        limit = f"{found['arithmetic limit, seconds a step']:.2f}"
        counted = f"{tokens['TRL']:.0f} → {tokens['trimtab']:.0f}"
        table.append([found["case"], f"{took['TRL']:.2f}", f"{took['trimtab']:.2f}", *ratios, limit, counted])
    show(
        f"DPO steps, batch {BATCH}, LoRA r=16 on all linear layers",
        arguments,
        [
            "case",
            "TRL, s a step",
            "trimtab, s a step",
            "ratio of medians",
            "ratio of sums",
            "arithmetic limit, s",
            "tokens",
        ],
        table,
        {"cases": results, "peak MiB": peaks},
        peers=["trl", "peft"],
    )
    print(f"\npeak memory: TRL {peaks['TRL']:.0f} MiB, trimtab {peaks['trimtab']:.0f} MiB")
    loss, gradient = (max(found[name] for found in results) for name in (LOSS, GRADIENT))
    print(f"losses apart by at most {loss:.1e}, gradients by {gradient:.1e} of their norm")


if __name__ == "__main__":
    main()
