"""`make gpu` without a GPU: every part runs tiny on the CPU, and each proof fails where its path is broken by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT / "src")}

BREAKING = """
import json, sys
import common
import torch
from gpu_made import Scale
from gpu_proofs import PROOFS
from trimtab.models import batching
from trimtab.sharing import attention
from trimtab.train import rehearsal
from trimtab.train.launch import ranks

reward, score = (sys.modules[f"trimtab.sharing.{name}"] for name in ("reward", "score"))
masks, choose, beginning, bare = (
    attention.Trees.masks, batching.choose, score.beginning, reward.without_padding)
blind = (attention.Trees, "masks", lambda self, dtype, window: [None for _ in masks(self, dtype, window)])
BREAKS = {
    "forests": blind,
    "dpo": blind,
    "tf32": blind,
    "scoring": (score, "beginning", lambda prompts: beginning(prompts) + 1),
    "rewards": (reward, "without_padding", lambda ids, pad: bare(ids, pad)[:-1]),
    "greedy": (batching, "choose", lambda logits, *_: logits.topk(2).indices[:, 1]),
    "sampled": (batching, "choose", lambda logits, *others: choose(logits / 1.5, *others)),
    "kl": blind,
    "windows": (attention.Trees, "masks", lambda self, dtype, window: masks(self, dtype, None)),
    "resume": (rehearsal.Rehearsing, "_batch", lambda self: self.__dict__.setdefault("n", iter(range(99))).__next__()),
    "devices": (ranks.LaunchRequest, "demand", lambda self, **_: None),
}
failed = {}
for name, (where, what, broken) in BREAKS.items():
    kept = getattr(where, what)
    setattr(where, what, broken)
    try:
        failed[name] = [proof.what for proof in PROOFS[name](Scale(True)) if not proof.passed]
    finally:
        setattr(where, what, kept)
print(json.dumps(failed))
"""


def test_every_part_runs_tiny_on_the_cpu(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "gpu.py"), "--out", str(out)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    found = json.loads(out.read_text())
    assert {outcome for _, outcome, _ in found["parts"]} == {"done"}
    assert len(found["proofs"]) >= 40
    assert all(proof["passed"] for proof in found["proofs"])
    assert {measured["precision"] for measured in found["measured"]} == {"fp32", "bf16"}
    assert "| proof | precision | apart | allowed | outcome |" in done.stdout


def test_at_the_limit_it_stops_with_what_it_has(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "gpu.py"), "--out", str(out), "--limit", "5.5"]
    only = ["--only", "memory;resume;dpo;windows"]
    done = subprocess.run([*command, *only], env=ENVIRONMENT, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert next(outcome for _, outcome, _ in json.loads(out.read_text())["parts"]) == "done"
    assert "not run: the time was up" in done.stdout


def test_each_proof_fails_where_its_path_is_broken(tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(ROOT / "benchmarks")])}
    command = [sys.executable, "-c", BREAKING]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    failed = json.loads(done.stdout.splitlines()[-1])
    assert [name for name, proofs in failed.items() if not proofs] == []
