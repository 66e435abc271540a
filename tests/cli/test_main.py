"""The command as a process of its own: what `main` says and how it ends. All other tests call `main` where they run."""

from pathlib import Path

import pytest

from cli_runner import trimtab, trimtab_process


@pytest.mark.parametrize(("arguments", "code"), [(["gate", "nowhere"], 2), (["recipe", "list"], 0)])
def test_a_process_ends_and_writes_as_a_call_does(arguments: list[str], code: int, tmp_path: Path) -> None:
    called, started = trimtab(*arguments, cwd=tmp_path), trimtab_process(*arguments, cwd=tmp_path)
    assert called == started
    assert called.returncode == code
    assert "Traceback" not in called.stderr
