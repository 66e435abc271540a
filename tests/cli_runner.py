"""The command line as a test types it: in this process, by its own `main`, so that no test pays for another start."""

import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from trimtab.cli import main


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def trimtab(*arguments: str, cwd: Path) -> Result:
    """What `trimtab ARGUMENTS` does in the folder `cwd`. What escapes `main` (it would be a traceback) is raised."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["trimtab", *arguments]),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Result(code, out.getvalue(), err.getvalue())


def trimtab_process(*arguments: str, cwd: Path) -> Result:
    """The same as a process of its own; for what only a process shows."""
    command = [sys.executable, "-m", "trimtab", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=300)
    return Result(done.returncode, done.stdout, done.stderr)
