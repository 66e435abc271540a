"""Runs that are killed and go on, for the tests of this folder."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from killing import DRIVER, RunKilled
from trimtab.loop import Quiet, run_loop
from trimtab.spec import load_spec


@pytest.fixture(scope="session")
def run() -> Iterator[RunKilled]:
    """Runs a spec into a folder, and kills the process at a moment; returns its exit code.

    At the moment `never` nothing is killed, and the run is of this process, which has all it needs. What is killed and
    what is not hash text by another seed, so that no result can rest on the order of a set.
    """
    seed = "2" if os.environ.get("PYTHONHASHSEED") != "2" else "1"
    with subprocess.Popen(
        [sys.executable, str(DRIVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": seed},
    ) as killed:

        def run(spec: Path, out: Path, moment: str) -> int:
            if moment == "never":
                run_loop(load_spec(spec), out, Quiet())
                return 0
            assert killed.stdin is not None
            assert killed.stdout is not None
            killed.stdin.write(json.dumps([str(spec), str(out), moment]).encode() + b"\n")
            killed.stdin.flush()
            return int(killed.stdout.readline())

        yield run
