"""A small case of each row of the speed tables, in a few minutes: peer and trimtab side by side, in both precisions.

    python benchmarks/quick.py [--data DIR] [--only dpo truthfulqa sampling reward rl memory start]

Same functions, same model and same inputs as the full scripts, of which each measures the same with more of them; what
is shared pays off less where there is little of it, so the ratios of the full scripts are higher. Each row tells best
and median of either side, how often they were timed, and how far apart the results lie. What is too long to be small
(the safety suite, `make demo`, the audit of a million rows) is told from the last full measurement in `--full`, with
its day.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from common import MODEL, Here, Kept, machine, parser, rate, show, timed

import torch

import dpo
import reward
import rl
import sampling
import truthfulqa
from rl_made import KINDS
from trimtab.data import read_prompts, read_truthfulqa
from trimtab.models import Decoding, ModelRef, load, prompt_ids, pull
from trimtab.recipes import spec_path

PRECISIONS = ("fp32", "bf16")
STEPS, PAIRS = 2, 1
"""Steps of DPO that count, and pairs of a step."""
QUESTIONS, PROMPTS = 2, 6
"""Of TruthfulQA; and prompts that are sampled from, four times each."""
SAMPLED = Decoding(max_new_tokens=20, temperature=0.8, top_p=0.9)
REWARDED = 1
"""Prompts with eight answers each."""
ON_POLICY = {"prompts": 2, "new": 12, "steps": 2}
STARTS = 5
LAST = {
    "`trimtab eval --suite safety`": ("safety", "python benchmarks/whole.py safety"),
    "`make demo`, after installation": ("demo", "python benchmarks/whole.py demo"),
    "audit of a million rows": ("audit", "python benchmarks/audit.py --rows 1000000"),
}
"""What is measured by itself: by name, the file of its last result, and the command that writes it."""


@dataclass(frozen=True)
class Row:
    """One row: the same work done by the peer and by trimtab, in the `unit` of which less is better."""

    work: str
    peer: str
    unit: str
    theirs: Sequence[float]
    ours: Sequence[float]
    apart: str = ""

    def cells(self) -> list[str]:
        """As the table has it; what has no peer has no ratio."""
        sides = [[f"{how(some):.3g}" for how in (min, statistics.median)] for some in (self.theirs, self.ours) if some]
        ratios = [f"{how(self.theirs) / how(self.ours):.2f}" for how in (min, statistics.median) if self.theirs]
        theirs, ours = sides if self.theirs else [["", ""], *sides]
        times = f"{len(self.theirs)}, {len(self.ours)}" if self.theirs else f"{len(self.ours)}"
        return [self.work, self.peer, self.unit, *theirs, *ours, *(ratios or ["", ""]), times, self.apart]


HEADER = ("work", "peer", "in", "peer, best", "median", "trimtab, best", "median", "times better, by bests",
          "by medians", "times measured", "results apart by")  # fmt: skip


def of_dpo(arguments: argparse.Namespace, precision: str) -> list[Row]:
    """DPO steps, as dpo.py takes them."""
    asked = argparse.Namespace(data=arguments.data, precision=precision, steps=STEPS)
    rows = []
    for case, said in (("HH-RLHF", "DPO step on HH-RLHF"), ("nothing to share", "DPO step with nothing to share")):
        found = dpo.compare(case, asked, PAIRS, Here)
        every = found["seconds of each step"]
        apart = f"loss {found[dpo.LOSS]:.0e}, gradient {found[dpo.GRADIENT]:.0e} of its norm"
        rows.append(Row(f"{said}, a pair, {precision}", "TRL", "s a step", every["TRL"], every["trimtab"], apart))
    return rows


def of_memory(arguments: argparse.Namespace) -> list[Row]:
    """Peak memory of such steps, each in a process that began as a copy of this one did, two at a time."""
    asked = [(which, precision) for precision in PRECISIONS for which in dpo.TRAINERS]
    with get_context("fork").Pool(2, maxtasksperchild=1) as processes:
        found = processes.map(_peak, [(*one, arguments.data) for one in asked], chunksize=1)
    peaks = dict(zip(asked, found, strict=True))
    return [
        Row(f"peak memory of the DPO steps on HH-RLHF, a pair, {precision}", "TRL", "GiB",
            *([peaks[which, precision]] for which in dpo.TRAINERS))
        for precision in PRECISIONS
    ]  # fmt: skip


def _peak(asked: tuple[str, str, Path]) -> float:
    which, precision, data = asked
    torch.set_num_threads(1)
    dpo.step(dpo.make(which, dpo.pairs(data, "HH-RLHF", PAIRS), precision, PAIRS), 0)
    return dpo.peak() / 1024


def of_truthfulqa(arguments: argparse.Namespace, precision: str) -> list[Row]:
    """TruthfulQA's first questions, as truthfulqa.py asks them."""
    items = read_truthfulqa(arguments.data / "truthfulqa" / "TruthfulQA.csv")
    found = truthfulqa.compare(load(ModelRef(MODEL), precision, _quiet), items[:QUESTIONS], items[-1:], 16)
    every = found["seconds of each"]
    apart = f"log-probabilities {found['log-probabilities apart']:.0e} nats, scores {found['scores apart']:.0e}"
    work = f"TruthfulQA mc1 + mc2, {QUESTIONS} questions, {precision}"
    return [Row(work, "lm-evaluation-harness", "s", every["peer"], every["trimtab"], apart)]


def of_sampling(arguments: argparse.Namespace, precision: str) -> list[Row]:
    """Four answers a prompt, as sampling.py draws them; the peer has all prompts in one batch."""
    prompts = read_prompts(spec_path("concise-friendly").parent / "prompts_train.jsonl")[:PROMPTS]
    loaded = load(ModelRef(MODEL), precision, _quiet)
    ids = [prompt_ids(loaded.tokenizer, prompt.messages) for prompt in prompts]
    torch.manual_seed(0)
    ways: dict[str, Callable[[], tuple[int, int]]] = {
        "peer": lambda: sampling.peer(loaded, ids, len(ids), SAMPLED),
        "trimtab": lambda: sampling.ours(loaded, prompts, len(ids) * sampling.SAMPLES, SAMPLED),
    }
    sampling.peer(loaded, ids[:1], 1, SAMPLED)  # both warm up
    sampling.ours(loaded, prompts[:1], 4, SAMPLED)
    every: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(2):
        for name, work in ways.items():
            seconds, (tokens, _) = timed(work)
            every[name].append(1000 * seconds / tokens)
    work_ = f"sampling {sampling.SAMPLES} answers to {PROMPTS} prompts, {precision}"
    return [Row(work_, "transformers.generate", "ms a token", every["peer"], every["trimtab"], "each draws its own")]


def of_reward(arguments: argparse.Namespace, precision: str) -> list[Row]:
    """Rewards, as reward.py scores them, against whichever of its two rivals is faster."""
    found = reward.compare(pull(MODEL, _quiet), arguments.data, precision, REWARDED, 16)
    every = found["seconds of each"]
    peer = min(list(every)[:-1], key=lambda name: min(every[name]))
    apart = f"rewards {found['rewards apart']:.0e}, which spread over {found['spread of rewards']:.1f}"
    work = f"rewards of {reward.ANSWERS} answers to a prompt, {precision}"
    return [Row(work, peer, "s", every[peer], every["trimtab"], apart)]


def of_rl(arguments: argparse.Namespace, precision: str) -> list[Row]:
    """Whole steps of RLOO, as rl.py takes them; GRPO's go the same way."""
    asked = argparse.Namespace(precision=precision, model=MODEL, clock="wall", **ON_POLICY)
    bench = rl.Bench(asked)
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(Path(folder) / "kept.jsonl", {})
        kept.once("rate", lambda: rate(precision))
        rl.measure(asked, bench, "rloo", kept, Here, exact=False)
        found = rl.summary(bench, "rloo", kept)
    peer, *_ = KINDS["rloo"]
    apart = found["equality"]
    # in bf16 the second gradient hangs on how an answer's ratio rounds, in either (rl.py)
    off = apart["gradient apart"] if precision == "fp32" else apart["gradient apart"][:1]
    said = f"fed alike: loss {max(apart['loss apart']):.0e}, gradient {max(off):.0e} of its norm"
    work = f"RLOO step, {asked.prompts} prompts × {rl.ANSWERS} answers, {precision}"
    return [Row(work, peer, "s a step", found["seconds"][peer], found["seconds"]["trimtab"], said)]


def of_start(_arguments: argparse.Namespace) -> list[Row]:
    """What importing the package takes, and the list of verbs in a process of its own."""
    inside = "import time; t = time.perf_counter(); import trimtab; print(time.perf_counter() - t)"
    ways: dict[str, Callable[[], float]] = {
        "`import trimtab`": lambda: float(subprocess.check_output([sys.executable, "-c", inside])),
        "`trimtab --help`, the whole process": lambda: _seconds([sys.executable, "-m", "trimtab", "--help"]),
    }
    return [Row(name, "", "s", [], [way() for _ in range(STARTS)]) for name, way in ways.items()]


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def _quiet(_: str) -> None:
    pass


ONCE: dict[str, Callable[[argparse.Namespace], list[Row]]] = {"memory": of_memory, "start": of_start}
"""Before any matrix product: what forks must not have threads."""
EACH: dict[str, Callable[[argparse.Namespace, str], list[Row]]] = {
    "dpo": of_dpo, "truthfulqa": of_truthfulqa, "sampling": of_sampling, "reward": of_reward, "rl": of_rl,
}  # fmt: skip


def last_full(folder: Path) -> list[str]:
    """The last full measurement of what is too long to be small, in a line each."""
    lines = []
    for name, (file, command) in LAST.items():
        path = folder / f"{file}.json"
        if not path.is_file():
            lines.append(f"{name}: not measured here yet; `{command}` writes {path}")
            continue
        kept = json.loads(path.read_text())
        about, found = f"{kept['device']}, {kept['threads']} threads", kept["result"]
        memory = f", {found['peak GiB']:.2f} GiB" if "peak GiB" in found else ""
        lines.append(f"{name}: {found['seconds']:.0f} s{memory}, {kept['measured']}, {about} (`{kept['command']}`)")
    return lines


def main() -> None:
    options = parser("quick", __doc__)
    options.add_argument("--only", nargs="*", choices=[*ONCE, *EACH], default=[*ONCE, *EACH])
    options.add_argument("--full", type=Path, default=Path("benchmarks/out"), help="where the full scripts' JSON lies")
    arguments = options.parse_args()
    arguments.precision = " and ".join(PRECISIONS)
    started, rows = time.perf_counter(), []
    print(f"{machine()}, {torch.get_num_threads()} threads", flush=True)
    for name, once in ONCE.items():
        rows += once(arguments) if name in arguments.only else []
    for name, each in EACH.items():
        for precision in PRECISIONS:
            if name in arguments.only:
                begun = time.perf_counter()
                some = each(arguments, precision)
                rows += some
                gc.collect()
                print(f"{name} in {precision}, {time.perf_counter() - begun:.0f} s:", flush=True)
                for row in some:
                    print("  " + ", ".join(filter(None, row.cells())), flush=True)
    show(
        f"Small cases, {time.perf_counter() - started:.0f} s in all", arguments, HEADER, [row.cells() for row in rows],
        [asdict(row) for row in rows], peers=["trl", "peft", "lm_eval"],
    )  # fmt: skip
    print("\nThe last full measurements of what is too long to be small")
    print("\n".join(f"- {line}" for line in last_full(arguments.full)))


if __name__ == "__main__":
    main()
