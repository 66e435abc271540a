"""The example package, installed as pip installs one, serves every verb, a spec and its gates."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trimtab
from made_comparisons import clean
from tiny import save_tiny, tiny_spec

ROOT = Path(trimtab.__file__).parents[2]
PLUGIN = ROOT / "examples" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package in it, as pip lays it out."""
    folder = tmp_path_factory.mktemp("plugin")
    source = folder / "source"
    source.mkdir()  # a copy: a build writes beside its source
    for name in ("pyproject.toml", "trimtab_calm.py"):
        (source / name).write_bytes((PLUGIN / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(folder / "site"), str(source)], check=True)
    return folder / "site"


def python(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(installed), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


USES = """
import json
import trimtab as tt
from trimtab.store import Run

rows = [json.loads(line) for line in open("mine.jsonl")]
done = tt.audit(rows)
found = [(one.severity, one.count) for one in done.findings if one.id == "shouting"]
scores = tt.score([{"response": "Hello! You!"}, {"response": " "}], "exclamations").to_frame()["exclamations"].to_list()
try:
    tt.run("spec.yaml", "run", progress=tt.Quiet())
    stopped = []
except tt.AuditBlocked as error:
    stopped = [finding.id for finding in error.findings]
run = tt.run("spec.yaml", "run", set={"audit.accept": stopped}, progress=tt.Quiet())
audited = Run.read(run.folder).current("audit")
print(json.dumps([
    found, done.fixed()[1]["shouting"], scores, stopped, audited.manifest.settings["checks"],
    {gate.metric: gate.n for gate in run.verdict.gates},
]))
"""


def test_a_spec_uses_its_scorer_its_check_and_its_benchmark(installed: Path, tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    rows = clean(1, 40)
    for row in rows[:20]:
        row["chosen"] = row["chosen"].upper()
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    tiny_spec(
        tmp_path,
        feedback={"files": [{"path": "mine.jsonl"}]},
        training={"batch_size": 8, "epochs": 0.2, "probe_prompts": 0},
        evaluation={"benchmarks": ["heldout", "calm"], "scorers": ["exclamations"], "max_new_tokens": 4},
        gates=[{"metric": "calm.kept", "at_least": 0}, {"metric": "score.exclamations", "at_most": 99}],
    )
    (tmp_path / "use.py").write_text(USES)
    done = python(installed, tmp_path, "use.py")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [
        [["block", 20]], 20, [2.0, None], ["shouting"], {"shouting": "1"}, {"calm.kept": 6, "score.exclamations": 6},
    ]  # fmt: skip


TYPED = """
import contextlib, io, json, sys
from trimtab.cli import main

for sys.argv[1:] in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    print(json.dumps([code, out.getvalue()]))
"""


def test_the_command_line_knows_them(installed: Path, tmp_path: Path) -> None:
    sample = {"rubric": [{"scorer": "exclamations", "weight": 1, "full_to": 0, "zero_above": 3}]}
    path = tiny_spec(tmp_path, feedback={"sample": sample})
    (tmp_path / "a.jsonl").write_text('{"response": "No!!!"}\n')
    says = {"is right": ["run", str(path), "--check"], "exclamations": ["score", "a.jsonl", "--scorer", "exclamations"]}
    says["how often a model that is provoked"] = ["eval", "--list"]
    done = python(installed, tmp_path, "-c", TYPED, json.dumps([*says.values()]))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [code for code, _ in told] == [0, 0, 0], done.stderr
    for wanted, (_, said) in zip(says, told, strict=True):
        assert wanted in said.replace("How", "how")
    assert python(tmp_path, tmp_path, "-m", "trimtab", "run", str(path), "--check").returncode == 2  # without it
