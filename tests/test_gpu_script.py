"""`make gpu` without a GPU: every part runs tiny on the CPU, and each proof fails where its path is broken by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT / "src")}

BOTH = """
import contextlib, gc, io, json, pathlib, sys
import common
import gpu
import torch
from gpu_made import Scale
from gpu_proofs import PROOFS
from trimtab.models import batching
from trimtab.sharing import attention
from trimtab.train import rehearsal
from trimtab.train.launch import ranks

gc.freeze()  # each training collects garbage, and there is none yet


def script(*arguments):
    printed = io.StringIO()
    sys.argv[1:] = arguments
    with contextlib.redirect_stdout(printed):
        code = gpu.main()
    out = pathlib.Path(arguments[arguments.index("--out") + 1])
    return {"code": code, "printed": printed.getvalue(), "written": json.loads(out.read_text())}


whole = script("--out", "gpu.json", "--only", ";".join([*PROOFS, *json.loads(sys.argv[1])]))
stopped = script("--out", "stopped.json", "--limit", "5.5", "--only", "memory;resume;dpo;windows")

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
        failed[name] = next((proof.what for proof in PROOFS[name](Scale(True)) if not proof.passed), None)
    finally:
        setattr(where, what, kept)
print(json.dumps({"whole": whole, "stopped": stopped, "failed": failed}))
"""
"""Every proof and the measures that are given, then the script at its limit, and then each proof with its path broken:
in one process."""
MEASURED = ["DPO, 1.5B, bf16", "rankings, 1.5B", "rewards, 1.5B", "RLOO, 135M", "choices, 135M", "sampling, 135M"]
MEASURED += ["DPO, 135M, fp32"]
"""One of each kind; the others are the same on a model of another size, and tiny there is only one."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What that process tells."""
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(ROOT / "benchmarks")])}
    command = [sys.executable, "-c", BOTH, json.dumps(MEASURED)]
    folder = tmp_path_factory.mktemp("gpu")
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def test_every_kind_of_part_runs_tiny_on_the_cpu(done: dict[str, Any]) -> None:
    assert done["whole"]["code"] == 0, done["whole"]["printed"][-2000:]
    found = done["whole"]["written"]
    names = [name for name, _, _ in found["parts"]]
    assert len(names) > len(MEASURED) + 10
    assert names[-len(MEASURED) :] == MEASURED
    assert {outcome for _, outcome, _ in found["parts"]} == {"done"}
    assert len(found["proofs"]) >= 40
    assert all(proof["passed"] for proof in found["proofs"])
    assert {measured["precision"] for measured in found["measured"]} == {"fp32", "bf16"}
    assert "| proof | precision | apart | allowed | outcome |" in done["whole"]["printed"]


def test_at_the_limit_it_stops_with_what_it_has(done: dict[str, Any]) -> None:
    stopped = done["stopped"]
    assert stopped["code"] == 0, stopped["printed"][-2000:]
    assert next(outcome for _, outcome, _ in stopped["written"]["parts"]) == "done"
    assert "not run: the time was up" in stopped["printed"]


def test_each_proof_fails_where_its_path_is_broken(done: dict[str, Any]) -> None:
    assert [name for name, proof in done["failed"].items() if proof is None] == []
    assert len(done["failed"]) >= 11
