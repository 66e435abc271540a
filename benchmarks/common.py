"""What every benchmark shares: its options, the machine's own limit, and how a result is printed and kept.

Set up on import so that nothing asks a hub, and what the tests make can be imported; import it before torch.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.extend(str(Path(__file__).parent.parent / part) for part in ("tests", "tests/audit"))
os.environ.update(TQDM_DISABLE="1", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import torch
from transformers.utils import logging

from trimtab.sharing.packed import can_pack, packed, product

MODEL = "smollm2-135m"
LAYERS, VOCABULARY = 106_000_000, 28_300_000
"""Its parameters that every token passes, and those that only a prediction does; a multiply-add each."""
HH_RLHF = Path("hh_rlhf") / "harmless_base_test_first1500.jsonl.gz"
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """The options of all: --precision, --data, --out."""
    made = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    made.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    made.add_argument("--out", type=Path, default=Path(f"benchmarks/out/{name}.json"))
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    return made


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    """Seconds by a clock, and what the work gives."""
    _wait()
    started = clock()
    found = work()
    _wait()
    return clock() - started, found


def _wait() -> None:
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


class Beside:
    """One of two that are compared, in a process of its own, as users run it: what it leaves of memory in use, and how
    the allocator has set itself by then, is not the other's. It computes only while it is asked."""

    def __init__(self, make: Callable[..., Any], *given: Any) -> None:
        context = get_context("spawn")
        self._ask, answer = context.Pipe()
        self._process = context.Process(target=_beside, args=(answer, make, given), daemon=True)
        self._process.start()
        answer.close()

    def __call__(self, work: Callable[..., Any], *given: Any) -> Any:
        """What `work` gives in that process for what was made there."""
        self._ask.send((work, given))
        return self._ask.recv()

    def close(self) -> None:
        """Ends the process."""
        self._ask.close()
        self._process.join()


class Here(Beside):
    """The same in this process, for what is small: processes of their own take longer to start than it takes."""

    def __init__(self, make: Callable[..., Any], *given: Any) -> None:
        self._made = make(*given)

    def __call__(self, work: Callable[..., Any], *given: Any) -> Any:
        return work(self._made, *given)

    def close(self) -> None:
        pass


def _beside(asked: Connection, make: Callable[..., Any], given: tuple[Any, ...]) -> None:
    made = make(*given)
    while True:
        try:
            work, more = asked.recv()
        except EOFError:
            return
        asked.send(work(made, *more))


def batches(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Consecutive parts of a sequence, `size` long but for the last."""
    return [items[first : first + size] for first in range(0, len(items), size)]


def rate(precision: str, clock: Callable[[], float] = time.perf_counter) -> float:
    """Arithmetic operations a second (a multiply-add is two) of matrix products in the model's shapes, at best: with
    the weight as it lies, or on a CPU packed once."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    best = 0.0
    for inner, outer in ((576, 1536), (1536, 576)):
        a = torch.randn(1024, inner, dtype=dtype, device=DEVICE)
        b = torch.randn(outer, inner, dtype=dtype, device=DEVICE)
        works: list[Callable[[], Any]] = [partial(torch.nn.functional.linear, a, b)]
        if DEVICE.type == "cpu" and can_pack():
            works.append(partial(product, a, packed(b, len(a)), None))
        for work in works * 10:
            seconds, _result = timed(work, clock)
            best = max(best, 2 * len(a) * inner * outer / seconds)
    return best


def show(
    title: str, arguments: argparse.Namespace, header: Sequence[str], rows: Sequence[Sequence[str]], result: Any,
    *, peers: Sequence[str] = (),
) -> None:  # fmt: skip
    """Prints a Markdown table, and writes the result as JSON with where and when it was measured."""
    about = keep(title, arguments.out, result, {"precision": arguments.precision}, peers)
    print(f"\n{title}\n{arguments.precision}, {about['device']}, {about['threads']} threads, {about['versions']}\n")
    table(header, rows)


def keep(
    title: str, out: Path, result: Any, about: dict[str, Any] | None = None, peers: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """Writes a result as JSON, with what is told `about` it and where and when it was measured; gives all but the
    result."""
    told = {
        **(about or {}),
        "device": machine(),
        "threads": torch.get_num_threads(),
        "measured": datetime.now(UTC).isoformat(timespec="minutes"),
        "versions": {name: version(name) for name in ("torch", "transformers", *peers)},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"title": title, **told, "result": result}, indent=1) + "\n")
    return told


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a Markdown table."""
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


class Kept:
    """Measurements, one a line of a file, so that a run that is killed goes on where it was.

    `about` names what they were measured of and where; lines that were kept of anything else are not taken up.
    """

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._path, self._about = path, json.dumps(about, sort_keys=True, default=str)
        self._found: dict[str, Any] = {}
        lines = path.read_text().splitlines(keepends=True) if path.is_file() else []
        for kept in (json.loads(line) for line in lines if line.endswith("\n")):
            if kept["about"] == self._about:
                self._found[kept["name"]] = kept["found"]

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def once(self, name: str, work: Callable[[], Any]) -> Any:
        """What was kept by that name; else the work is done, told and kept."""
        if name not in self._found:
            self._found[name] = work()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(json.dumps({"about": self._about, "name": name, "found": self._found[name]}) + "\n")
            print(f"{name}: {json.dumps(self._found[name])}", file=sys.stderr, flush=True)
        return self._found[name]

    def forget(self) -> None:
        """The next run begins anew."""
        self._path.unlink(missing_ok=True)


def machine() -> str:
    """The name of what computes."""
    return torch.cuda.get_device_name() if DEVICE.type == "cuda" else _processor()


def _processor() -> str:
    """The processor's name and whether it multiplies bf16 itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {key.strip(): value for key, _, value in (line.partition(":") for line in lines)}
    flags = found.get("flags", "").split()
    native = any(flag in flags for flag in ("avx512_bf16", "amx_bf16"))
    return f"{found.get('model name', '').strip()} ({'native' if native else 'no native'} bf16)"
