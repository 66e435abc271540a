"""`benchmarks/winrate.py` on folders made here: what it reads, prints and refuses."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "winrate.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five models before a judge with the slope 1.3, one of which gives a single short answer to everything."""
    made = tmp_path / "models"
    made.mkdir()
    rng = np.random.default_rng(0)
    reference = rng.gamma(4, 500, 500).round()
    rates = ["model,win_rate,length_controlled_winrate"]
    for place, factor in enumerate((0.3, 0.5, 0.7, 1.4, 0.0)):
        chars = (factor * reference * np.exp(rng.normal(0, 0.5, 500))).round() if factor else np.full(500, 69.0)
        d = chars - reference
        logits = -0.5 + 0.2 * place + 1.3 * np.tanh(d / d.std(ddof=1))
        preference = 1 / (1 + np.exp(-(logits + rng.normal(0, 0.3, 500))))
        rows = [f"{p:.6f},{c:.0f},{r:.0f}" for p, c, r in zip(preference, chars, reference, strict=True)]
        if place == 1:
            rows[3] = f",{chars[3]:.0f},{reference[3]:.0f}"
        (made / f"m{place}.csv").write_text("\n".join(["preference,chars,chars_reference", *rows]) + "\n")
        rates.append(f"m{place},0,{100 / (1 + np.exp(0.5 - 0.2 * place)):.2f}")
    (tmp_path / "rates.csv").write_text("\n".join(rates) + "\n")
    return made


def test_it_tells_errors_bounds_and_what_was_left_out(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = run(folder, "--published", tmp_path / "rates.csv", "--out", out)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert found["rates"]["models"] == 5
    assert found["rates"]["mean error"] < 2
    assert found["rates"]["raw mean error"] > 5
    assert found["rates"]["cannot be controlled for"] == found["rates"]["bounds hold the published rate"] == 1
    assert found["left out"]["max error"] < 4
    assert "| m1 | 499 | 1 |" in done.stdout
    assert "| m4 | 500 | 0 | " in done.stdout
    pooled = run(folder, "--published", tmp_path / "rates.csv", "--pool", folder, "--out", out)
    assert "pooled over" in pooled.stdout


def test_the_rates_may_lie_beside_as_a_table(folder: Path, tmp_path: Path) -> None:
    (folder / "README.md").write_text(
        "Rates:\n\n| model | win rate | length-controlled |\n|---|---:|---:|\n| m0 | 1 | 38 |\n"
    )
    done = run(folder, "--out", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert "m3: no published rate, left out" in done.stderr
    assert "models: 1" in done.stdout


def test_what_cannot_be_read_is_one_plain_message(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (
        [folder],
        [tmp_path / "empty", "--published", tmp_path / "rates.csv"],
        [folder, "--published", "no"],
    ):
        done = run(*arguments)
        assert done.returncode != 0
        assert "was given" in done.stderr
        assert "Traceback" not in done.stderr
