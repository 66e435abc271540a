"""Entry points of other packages: imported once each, and a broken one is one message."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from trimtab import plugins
from trimtab.errors import UserError

GROUP = "trimtab.scorers"
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package of one module on the path, with one entry point, as an installer would."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "_loaded", set())

    def put(name: str, code: str) -> None:
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(code)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-package\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\nmine = {name}\n")

    return put


def test_each_is_imported_once(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install("plug_once", "print('imported')")
    plugins.load(GROUP)
    sys.modules.pop("plug_once")  # a second import would run it again
    plugins.load(GROUP)
    plugins.load("trimtab.benchmarks")
    assert capsys.readouterr().out == "imported\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import no_such_module", "no_such_module"),
        ("1 / 0", "ZeroDivisionError"),
        (
            "from trimtab.errors import UserError\nraise UserError('Twice.', 'The name is taken.', 'Rename.')",
            "The name is taken.",
        ),
    ],
)
def test_a_broken_one_is_named_each_time(install: Install, code: str, why: str) -> None:
    install("plug_broken", code)
    for _ in range(2):
        with pytest.raises(UserError) as told:
            plugins.load(GROUP)
        assert "plug_broken-package" in told.value.given
        assert "mine = plug_broken" in told.value.given
        assert why in told.value.why
