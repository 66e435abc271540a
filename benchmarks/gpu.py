"""Every fast path on the card at hand: proved against the plain one, then measured beside the peers. One process.

    python benchmarks/gpu.py [--limit 480] [--only "PART;PART"] [--tiny] [--out FILE]

Nothing is downloaded: weights are drawn at random, pairs and questions are made by the script. Proofs come first, parts
stand in the order of their worth, a part that fails is told in the table and the next one begins, and at the limit the
script stops with what it has. Without a CUDA device everything is tiny and runs on the CPU, which proves that the
script works and measures nothing. The exit code is 1 where a proof failed.
"""

import argparse
import contextlib
import json
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from common import DEVICE

import torch
from transformers.utils import logging

from gpu_made import Scale
from gpu_measures import MEASURES
from gpu_proofs import PROOFS
from trimtab.sharing import worth

PROVED = ["proof", "precision", "apart", "allowed", "outcome"]
MEASURED = ["work", "model", "precision", "peer", "trimtab", "times faster", "peer, GiB", "trimtab, GiB", "notes"]


class TimeUp(Exception):
    """The alarm of a part, or of all."""


def versions() -> dict[str, str]:
    """Of the libraries that decide a figure."""
    found = {}
    for name in ("torch", "triton", "transformers", "trl", "peft", "lm_eval", "flash-attn"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def run(name: str, part: Callable[[Scale], Iterator[Any]], scale: Scale, seconds: float) -> tuple[list[Any], str]:
    """What a part finds in so many seconds, and why it broke off, if it did."""
    rows: list[Any] = []

    rang = False

    def ring(*_: Any) -> None:
        nonlocal rang
        rang = True
        raise TimeUp

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        for row in part(scale):
            rows.append(row)
            print(f"  {' | '.join(row.row())}", flush=True)
    except TimeUp:
        return rows, f"stopped after {seconds:.0f} s"
    except Exception as error:  # told in the table; the next part begins
        if rang:  # some libraries wrap what interrupts them
            return rows, f"stopped after {seconds:.0f} s"
        traceback.print_exc()
        return rows, f"{type(error).__name__}: {(str(error).strip() or 'no message').splitlines()[0][:200]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if DEVICE.type == "cuda":
            with contextlib.suppress(Exception):
                torch.cuda.empty_cache()
    return rows, ""


def table(header: list[str], rows: list[list[str]]) -> str:
    """In Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--limit", type=float, default=480, help="seconds, all in all")
    options.add_argument(
        "--only", type=lambda text: text.split(";"), help=f"parts, in order: {'; '.join([*PROOFS, *MEASURES])}"
    )
    options.add_argument("--longest", type=float, default=100, help="seconds that one part may take")
    options.add_argument("--tiny", action="store_true", help="small sizes, as on a CPU")
    options.add_argument("--out", type=Path, default=Path("benchmarks/out/gpu.json"))
    arguments = options.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    worth.SAVED_ON_CUDA = 0  # forests for every batch: it is they that are proved and measured
    started = time.monotonic()
    scale = Scale(arguments.tiny or DEVICE.type != "cuda")
    card = torch.cuda.get_device_name() if DEVICE.type == "cuda" else "no GPU: CPU, tiny"
    about = {"card": card, "python": sys.version.split()[0], **versions(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    print(about, flush=True)
    warnings.filterwarnings("ignore", category=FutureWarning)  # between the libraries
    parts: dict[str, Any] = {**PROOFS, **MEASURES}
    unknown = sorted(set(arguments.only or ()) - set(parts))
    if unknown:
        options.error(f"there is no part {', '.join(unknown)}")
    proofs: list[Any] = []
    measured: list[Any] = []
    told: list[list[str]] = []
    for name in arguments.only or parts:
        left = arguments.limit - (time.monotonic() - started)
        if left < 5:
            told.append([name, "not run: the time was up", ""])
            continue
        print(f"{name} ({time.monotonic() - started:.0f} s)", flush=True)
        began = time.monotonic()
        rows, broke = run(name, parts[name], scale, min(arguments.longest, left))
        (proofs if name in PROOFS else measured).extend(rows)
        told.append([name, broke or "done", f"{time.monotonic() - began:.0f}"])
        result = {
            "proofs": [asdict(row) for row in proofs], "measured": [asdict(row) for row in measured],
            "parts": told, "seconds": time.monotonic() - started,
        }  # fmt: skip
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps({**about, **result}, indent=1) + "\n")
    print(f"\n{about}\n\n{table(PROVED, [proof.row() for proof in proofs])}\n")
    print(f"{table(MEASURED, [row.row() for row in measured])}\n")
    print(table(["part", "outcome", "seconds"], told))
    failed = [proof.what for proof in proofs if not proof.passed]
    broken = [name for name, outcome, _ in told if outcome != "done"]
    print(f"\n{len(proofs) - len(failed)} of {len(proofs)} proofs hold; parts that did not end: {broken or 'none'}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
