"""Runs that are killed and go on, for the tests of this folder."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from killing import DRIVER, RunKilled


@pytest.fixture(scope="module")
def run() -> Iterator[RunKilled]:
    """Runs a spec into a folder, in a process that kills itself at a moment; returns its exit code.

    What is killed and what is not hash text by another seed, so that no result can rest on the order of a set.
    """

    def server(seed: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.Popen(
            [sys.executable, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    with server("1") as spared, server("2") as killed:

        def run(spec: Path, out: Path, moment: str) -> int:
            by = spared if moment == "never" else killed
            assert by.stdin is not None
            assert by.stdout is not None
            by.stdin.write(json.dumps([str(spec), str(out), moment]).encode() + b"\n")
            by.stdin.flush()
            return int(by.stdout.readline())

        yield run
