"""How long `trimtab audit` takes, check by check, on made comparisons; and how often it cries wolf on clean ones.

    PYTHONPATH=src python benchmarks/audit.py --rows 1000000
    PYTHONPATH=src python benchmarks/audit.py --false-alarms 100

The first makes a file of that many comparisons (about 800 letters a row, 1 % copies, 1 % near copies), reads it and
runs every check that needs no model; it prints seconds and the peak memory of the process that reads and checks, and
keeps them as JSON. The second makes sets of 240 to 300 clean comparisons (tests/made_comparisons.py) and counts those
with a finding that warns or blocks.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parent.parent
VOCABULARY = 30_000
LENGTHS = {"prompt": (6, 20), "chosen": (15, 75), "rejected": (15, 75)}
"""Words of each text, from and to."""


def make(path: Path, rows: int, seed: int = 0) -> None:
    """Writes made comparisons: words of a made vocabulary, as frequent as their rank says (Zipf), in sentences."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("etaoinshrdlucmfwyp", k=rng.randint(2, 10))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 5) for rank in range(VOCABULARY)))
    pool = rng.choices(vocabulary, cum_weights=weights, k=2_000_000)

    def text(low: int, high: int) -> str:
        start, size = rng.randrange(len(pool) - high), rng.randint(low, high)
        said = pool[start : start + size]
        said[rng.randrange(size)] += ","
        return " ".join(said).capitalize() + "."

    last: dict[str, str] = {}
    with path.open("w") as file:
        for number in range(rows):
            fate = rng.random()
            if fate > 0.02 or not last:
                last = {name: text(*length) for name, length in LENGTHS.items()}
            elif fate > 0.01:
                last = {**last, "chosen": last["chosen"] + " Good luck!"}
            row = {"id": str(number), **last, "annotator": f"a{rng.randrange(20)}"}
            file.write(json.dumps(row) + "\n")


def work(path: Path, found: Path) -> None:
    """Reads and checks one file; prints a table and writes the figures to `found`. Meant for a process of its own,
    whose peak memory is then this."""
    started, spent = time.perf_counter(), time.process_time()
    from trimtab.audit import audit, builtin_items
    from trimtab.data import read_frame

    loaded = time.perf_counter()
    framed = read_frame(path)
    read = time.perf_counter()
    done = audit(
        framed.table, against=builtin_items(), told=lambda check, *_: print(check, file=sys.stderr, flush=True)
    )
    parts = {"imports": loaded - started, "reading": read - loaded, **done.seconds}
    figures = {
        "rows": done.n, "megabytes": path.stat().st_size / 1e6, "seconds": time.perf_counter() - started,
        "processor seconds": time.process_time() - spent, "peak GiB": _peak_gib(), "parts": parts,
    }  # fmt: skip
    found.write_text(json.dumps(figures))
    print(f"\n{done.n:,} comparisons, {figures['megabytes']:.0f} MB\n\n| part | seconds |\n|---|---:|")
    for name, seconds in parts.items():
        print(f"| {name} | {seconds:.1f} |")
    print(f"| **all** | {figures['seconds']:.1f} |")
    print(f"| processor time, all cores | {figures['processor seconds']:.1f} |")
    print(f"\npeak memory {figures['peak GiB']:.2f} GiB")
    print("findings:", ", ".join(f"{each.id} ({each.severity}, {each.count:,})" for each in done.findings))


def _peak_gib() -> float:
    """Of this process alone; `ru_maxrss` would begin at that of the process which started it."""
    told = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) / 2**20


def false_alarms(sets: int) -> None:
    """Counts clean sets that warn or block, by finding."""
    sys.path.insert(0, str(ROOT / "tests"))
    from made_comparisons import clean, repeated
    from trimtab.audit import audit, builtin_items
    from trimtab.data import read_frame

    items, alarmed, by_id = builtin_items(), 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(sets):
            made = repeated(seed, 100, 3, 0.9) if seed % 4 == 3 else clean(seed, quality=(seed % 4) / 2)
            path = Path(folder) / "clean.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in made))
            found = [one.id for one in audit(read_frame(path).table, against=items).findings if one.severity != "info"]
            alarmed += bool(found)
            by_id.update(found)
            if found:
                print(seed, found, flush=True)
    print(f"{alarmed} of {sets} clean sets have a finding that warns or blocks: {dict(by_id)}")


def main() -> None:
    """Makes, runs, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--false-alarms", type=int, metavar="SETS")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/out/audit.json"))
    parser.add_argument("--work", type=Path, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(*arguments.work)
    elif arguments.false_alarms:
        false_alarms(arguments.false_alarms)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path, found = Path(folder) / "comparisons.jsonl", Path(folder) / "found.json"
            make(path, arguments.rows)
            subprocess.run([sys.executable, __file__, "--work", str(path), str(found)], check=True)
            from common import keep  # brings torch, which what is measured does without

            about = {"command": f"python benchmarks/audit.py --rows {arguments.rows}"}
            keep(f"Audit of {arguments.rows:,} rows", arguments.out, json.loads(found.read_text()), about)


if __name__ == "__main__":
    main()
