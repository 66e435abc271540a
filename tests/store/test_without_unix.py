"""`gate`, `report`, `compare` and `audit` start and end where Python has nothing that only Unix has (Windows)."""

import subprocess
import sys
from pathlib import Path

import pytest
from old_run import lay_out, of_stage

WITHOUT = """
import os, signal, sys
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
for name in ("fork", "killpg", "setsid"):
    delattr(os, name)
del signal.SIGKILL
import warnings
warnings.simplefilter("ignore")  # filelock says that it does without
from trimtab.cli import main
sys.argv = ["trimtab", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("verb", ["gate run", "report run", "compare scores scores", "audit comparisons.jsonl"])
def test_starts_and_ends(verb: str, tmp_path: Path) -> None:
    run = lay_out(tmp_path) / "run"
    (tmp_path / "comparisons.jsonl").write_bytes(of_stage(run, "feedback.judge", "comparisons.jsonl").read_bytes())
    command = [sys.executable, "-c", WITHOUT, *verb.split()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
