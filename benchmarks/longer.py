"""What grows with what: a DPO step's cost as prompts grow from 64 to 4,096 tokens, and that of an audit and an
evaluation as pairs grow from 100 to 100,000. One figure each.

    python benchmarks/longer.py steps [--precision bf16] [--lengths 64 … 4096]
    python benchmarks/longer.py rows [--sizes 100 … 100000]

`steps`: a model of SmolLM2-135M's shape (random weights, a word is a token, so that lengths are exact), one pair of two
answers of 64 tokens a step, LoRA on all linear layers; TRL's trainer and trimtab's, each length in a process of its
own, the better of two steps; and what memory each takes beyond what was loaded. Then a model of four layers, by size of
the vocabulary and length of the answers: what a step takes for each pair of a token and an entry of the vocabulary,
which is 4 bytes where logits in fp32 are held once and 0 where they never are.

`rows`: processor seconds of everything that reads all rows of a file, on one thread, and the exponent of its growth
from the last size but one to the last: 1 is in proportion, 2 would be the square. The exit code is 1 where one exceeds
1.5.

Each part draws its figure into docs/ by Altair. What is measured of a trainer is kept as it is made: a run that is
killed goes on where it was.
"""

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LENGTHS, ANSWER = (64, 128, 256, 512, 1024, 2048, 4096), 64
SIZES = (100, 1_000, 10_000, 100_000)
VOCABULARIES, ANSWERS = (16_384, 131_072), (512, 2_048)
TOO_STEEP = 1.5
SHORTEST = 0.05
"""Seconds below which a cost is a process's own, and says nothing of how it grows."""
WAYS = ("TRL", "trimtab")
COLOURS = ("#c2410c", "#1d4ed8", "#15803d", "#7e22ce", "#0f766e", "#a16207")


def status(name: str) -> float:
    """A figure of this process's memory, in GiB."""
    told = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) / 2**20


def beyond(work: Callable[[], Any]) -> tuple[float, Any]:
    """GiB that this process held, while it worked, beyond what it held before; and what the work gives."""
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    found = work()
    return status("VmHWM") - before, found


def trainer(which: str, precision: str, length: int, answer: int, vocabulary: int, **changes: Any) -> Any:
    """A trainer of two steps on made pairs, of a model of SmolLM2-135M's shape but for `changes`."""
    import gpu_made as made
    from dpo import make

    model = made.model("135M", made.Scale(tiny=False), vocab_size=vocabulary, **changes)
    rows = made.pairs(2, length, answer, vocabulary, spread=0.0)
    return make(
        which, rows, precision, 1, model=model, tokenizer=made.cached_tokenizer(vocabulary), max_length=None
    )  # fmt: skip


def of_length(which: str, precision: str, length: int) -> dict[str, Any]:
    """Seconds and memory of a step; the better of two, of which the first warms up."""
    from dpo import step

    one = trainer(which, precision, length, ANSWER, 49_152)
    peak, took = beyond(lambda: [step(one, at)[0] for at in (0, 1)])
    return {"way": which, "tokens": length, "seconds": min(took), "GiB": peak}


def of_vocabulary(which: str, precision: str, _length: int) -> list[list[float]]:
    """Memory of a step of four layers by size of the vocabulary and length of the answers."""
    from dpo import step

    found = []
    for size in VOCABULARIES:
        for answer in ANSWERS:
            one = trainer(which, precision, ANSWER, answer, size, num_hidden_layers=4)
            found.append([size, answer, beyond(lambda one=one: step(one, 0))[0]])
    return found


def a_cell(found: list[list[float]]) -> float:
    """Bytes for each pair of an entry of the vocabulary and a token of the two answers: the mixed difference."""
    held = {(size, answer): peak for size, answer, peak in found}
    (few, many), (short, long) = VOCABULARIES, ANSWERS
    rise = [held[size, long] - held[size, short] for size in (few, many)]
    return 2**30 * (rise[1] - rise[0]) / ((many - few) * 2 * (long - short))


def asked_of(which: str, length: int, arguments: argparse.Namespace) -> Any:
    """What a process of its own finds of a trainer at a length; by vocabulary where that is 0."""
    command = [sys.executable, __file__, "steps", "--precision", arguments.precision, "--of", which]
    told = subprocess.check_output([*command, "--lengths", str(length)], text=True)
    return json.loads(told.splitlines()[-1])


def steps(arguments: argparse.Namespace) -> int:
    """Both trainers by length, as a table and a figure."""
    from common import Kept, machine, show

    about = {"lengths": arguments.lengths, "precision": arguments.precision, "machine": machine()}
    kept = Kept(arguments.out.with_suffix(".kept.jsonl"), about)
    found, cells = [], {}
    for which in WAYS:
        wanted = {f"{which}, {length} tokens": length for length in (0, *arguments.lengths)}
        every = [kept.once(name, partial(asked_of, which, length, arguments)) for name, length in wanted.items()]
        cells[which] = a_cell(every[0])
        found += every[1:]
    kept.forget()
    by = {(one["way"], one["tokens"]): one for one in found}
    table = []
    for length in arguments.lengths:
        theirs, ours = (by[which, length] for which in WAYS)
        took = theirs["seconds"], ours["seconds"], theirs["seconds"] / ours["seconds"]
        table.append([str(length), *(f"{figure:.2f}" for figure in (*took, theirs["GiB"], ours["GiB"]))])
    show(
        f"A DPO step of one pair, two answers of {ANSWER} tokens, 135 M parameters", arguments,
        ["tokens of the prompt", "TRL, s", "trimtab, s", "times faster", "TRL, GiB beyond the model", "trimtab, GiB"],
        table, {"steps": found, "bytes a token and entry of the vocabulary": cells}, peers=["trl", "peft"],
    )  # fmt: skip
    print()
    for which, bytes_ in cells.items():
        print(f"{which}: {bytes_:.3f} bytes for each token of an answer and entry of the vocabulary")
    for which in WAYS:
        last, before = (by[which, length] for length in (arguments.lengths[-1], arguments.lengths[-2]))
        print(f"{which}: seconds grow with the {exponent(before, last, 'tokens'):.2f}th power of the prompt at its end")
    tall = {"seconds": "seconds a step", "GiB": "GiB beyond the model"}
    draw(found, "tokens", "tokens of the prompt", tall, arguments.figures / "longer-steps.svg", WAYS)
    return 0


def exponent(before: dict[str, Any], last: dict[str, Any], by: str) -> float:
    """Of the power of `by` that seconds grow with."""
    return math.log(last["seconds"] / before["seconds"]) / math.log(last[by] / before[by])


def rows_of(sizes: list[int]) -> list[dict[str, Any]]:
    """Processor seconds of each work at each size, smallest first."""
    import audit as audits

    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, size in enumerate((sizes[0], *sizes)):
            path = Path(folder) / "rows.jsonl"
            audits.make(path, size)
            for name, work in works(path, Path(folder), size).items():
                began = time.process_time()
                work()
                if number:  # the first loads what is imported once
                    spent = time.process_time() - began
                    found.append({"way": name, "rows": size, "seconds": spent})
                    print(f"{name}, {size:,} rows: {spent:.2f} s", file=sys.stderr, flush=True)
    return found


def works(path: Path, folder: Path, size: int) -> dict[str, Callable[[], Any]]:
    """What reads all rows, by name: each is given its input and does the whole work."""
    from trimtab.audit import audit, builtin_items, mend
    from trimtab.data import near_duplicates, read_frame
    from trimtab.evaluate import differences, measure
    from trimtab.gate import decide
    from trimtab.records import Evaluation, Message, Prompt
    from trimtab.scorers import SCORERS
    from trimtab.spec import GateSpec

    rows = [json.loads(line) for line in path.open()]
    items = builtin_items()

    def audited() -> None:
        audit(read_frame(path).table, against=items)

    def kept(some: Iterable[dict[str, Any]]) -> Path:
        out = folder / "mended.jsonl"
        lines = [json.dumps(row) for row in some]  # before the file is written, which may be the one that is read
        out.write_text("\n".join(lines) + "\n")
        return out

    def mended() -> None:
        read = read_frame(path)
        mend(read, audit(read.table), lambda other: audit(other.table), kept)

    def evaluated() -> None:
        """Both sides of every pair scored, measured, compared and held against a gate."""
        words, ids = SCORERS["words"], tuple(row["id"] for row in rows)
        sides = []
        for side in ("rejected", "chosen"):
            marks = words([(row["prompt"], row[side]) for row in rows])
            values = [mark.value for mark in marks if mark is not None]
            ended = [float(value is not None and value > 40) for value in values]  # any rate will do
            measures = (measure("style.words", values, 0), measure("style.ended", ended, 0))
            sides.append(Evaluation(model=side, fingerprint={"heldout": "made"}, items={"heldout": ids},
                                    measures=measures))  # fmt: skip
        before, after = sides
        differences(before, after, confidence=0.95, seed=0)
        gates = [GateSpec(metric="style.words", better_by=1.0), GateSpec(metric="style.ended", at_least=0.5)]
        decide(before, after, gates, confidence=0.95, seed=0)

    def prompts(part: slice) -> list[Prompt]:
        return [Prompt(id=row["id"], messages=(Message(role="user", content=row["prompt"]),)) for row in rows[part]]

    def kept_apart() -> None:
        near_duplicates(prompts(slice(0, size // 2)), prompts(slice(size // 2, size)))

    return {
        "audit": audited, "audit --fix": mended, "evaluation and gate": evaluated,
        "held-out prompts against trained ones": kept_apart,
    }  # fmt: skip


def rows(arguments: argparse.Namespace) -> int:
    """Every work by rows, as a table and a figure; 1 where one grows too steeply."""
    found = rows_of(arguments.sizes)
    from common import show  # brings torch, which what is measured does without

    names = list(dict.fromkeys(one["way"] for one in found))
    by = {(one["way"], one["rows"]): one for one in found}
    powers = {}
    for name in names:
        before, last = (by[name, size] for size in arguments.sizes[-2:])
        powers[name] = exponent(before, last, "rows") if last["seconds"] > SHORTEST else 0.0
    table = [
        [name, *(f"{by[name, size]['seconds']:.2f}" for size in arguments.sizes), f"{powers[name]:.2f}"]
        for name in names
    ]
    arguments.precision = "no model"
    show(
        "Processor seconds by rows", arguments,
        ["", *(f"{size:,} rows" for size in arguments.sizes), "exponent at the end"], table, found,
    )  # fmt: skip
    tall = {"seconds": "processor seconds"}
    draw(found, "rows", "pairs", tall, arguments.figures / "longer-rows.svg", names)
    steep = {name: power for name, power in powers.items() if power > TOO_STEEP}
    if steep:
        print(f"\ntoo steep: {steep}")
    return 1 if steep else 0


def draw(
    found: list[dict[str, Any]], by: str, said: str, tall: dict[str, str], path: Path, names: Any
) -> None:  # fmt: skip
    """A panel for each figure, one above the other, with logarithmic axes."""
    import altair as alt

    ways = list(names)
    at = sorted({one[by] for one in found})
    panels = []
    for field, title in tall.items():
        shown = [one for one in found if one[field] > 0]
        colour = alt.Color("way:N", scale=alt.Scale(domain=ways, range=list(COLOURS[: len(ways)])),
                           legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=0))  # fmt: skip
        x = alt.X(f"{by}:Q", title=said, scale=alt.Scale(type="log", base=2 if by == "tokens" else 10, nice=False),
                  axis=alt.Axis(values=at, format=",d"))  # fmt: skip
        y = alt.Y(f"{field}:Q", title=title, scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=4, format="~g"))
        chart = alt.Chart(alt.Data(values=shown)).encode(x=x, y=y, color=colour)
        panels.append((chart.mark_line(strokeWidth=2) + chart.mark_point(filled=True, size=50)).properties(
            width=440, height=190))  # fmt: skip
    alt.vconcat(*panels).configure(background="white", padding=10).configure_view(stroke=None).save(str(path))
    print(f"\nwritten: {path}")


def main() -> int:
    parts = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts.add_argument("what", choices=["steps", "rows"])
    parts.add_argument("--precision", choices=["fp32", "bf16"], default="bf16")
    parts.add_argument("--lengths", type=int, nargs="+", default=list(LENGTHS), help="tokens of the prompt")
    parts.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="rows")
    parts.add_argument("--figures", type=Path, default=HERE.parent / "docs")
    parts.add_argument("--out", type=Path)
    parts.add_argument("--of", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parts.parse_args()
    if arguments.of:
        length = arguments.lengths[0]
        work = of_length if length else of_vocabulary
        print(json.dumps(work(arguments.of, arguments.precision, length)))
        return 0
    arguments.out = arguments.out or Path(f"benchmarks/out/longer_{arguments.what}.json")
    if arguments.what == "rows":
        os.environ.update(POLARS_MAX_THREADS="1", OMP_NUM_THREADS="1")
        random.seed(0)
    return {"steps": steps, "rows": rows}[arguments.what](arguments)


if __name__ == "__main__":
    raise SystemExit(main())
