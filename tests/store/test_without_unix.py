"""`gate`, `report`, `compare` and `audit` start and end where Python has nothing that only Unix has (Windows)."""

import subprocess
import sys
from pathlib import Path

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
for verb in sys.argv[1:]:
    sys.argv = ["trimtab", *verb.split()]
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code
    print(f"ended: {verb}: {code or 0}")
"""
VERBS = ["gate run", "report run", "compare scores scores", "audit comparisons.jsonl"]


def test_verbs_start_and_end(tmp_path: Path) -> None:
    run = lay_out(tmp_path) / "run"
    (tmp_path / "comparisons.jsonl").write_bytes(of_stage(run, "feedback.judge", "comparisons.jsonl").read_bytes())
    command = [sys.executable, "-c", WITHOUT, *VERBS]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    ended = [line.removeprefix("ended: ") for line in done.stdout.splitlines() if line.startswith("ended: ")]
    assert ended == [f"{verb}: 0" for verb in VERBS]
