"""DPO, RLOO, GRPO and PPO from the same start: gates, KL spent, wall time, and the reward against what is wanted.

    python benchmarks/methods.py [--set KEY=VALUE ...] [--work FOLDER] [--out FILE]

Each trains the recipe concise-friendly in one run folder, so that all share the samples, the evaluation before, and for
RL the reward model. Gold is the rubric that judged the feedback, the proxy the reward model that was trained on it (in
standard deviations of the start's answers); both judge the same greedy answers to the held-out prompts. The monitor
keeps the checkpoint that its own gold likes best, on prompts kept out of training; the last step is told apart. Killed,
the same command goes on where it was.
"""

from pathlib import Path
from typing import Any

from common import parser, show

import numpy as np

from trimtab.cli.output import TerminalProgress
from trimtab.loop import run_loop
from trimtab.models import RewardModel
from trimtab.recipes import recipe_spec
from trimtab.records import Answer, Evaluation, Overoptimization, Prompt, TrainingSummary
from trimtab.scorers import judge
from trimtab.spec import load_spec
from trimtab.store import Run

METHODS = ("dpo", "rloo", "grpo", "ppo")


def main() -> None:
    """Runs all four and prints the table."""
    options = parser("methods", __doc__)
    options.add_argument("--set", action="append", default=[], help="as of `trimtab run`, for every method")
    options.add_argument("--work", type=Path, default=Path("runs/methods"))
    given = options.parse_args()
    found: dict[str, Any] = {}
    answers: dict[str, tuple[list[Prompt], list[Answer]]] = {}
    for method in METHODS:
        changes = [*given.set, f"training.method={'dpo' if method == 'dpo' else 'rlhf'}"]
        if method != "dpo":
            changes.append(f"training.rl.algorithm={method}")
        if method == "ppo":
            changes += ["training.rl.iterations=2", "training.rl.watch_every=6"]
        loaded = load_spec(recipe_spec("concise-friendly"), changes)
        verdict = run_loop(loaded, given.work, TerminalProgress())
        run = Run.read(given.work)
        training, after = run.current("train"), run.current("evaluate.after")
        assert training is not None
        assert after is not None
        assert training.manifest is not None
        summary = training.read("summary.json", TrainingSummary)
        evaluation = after.read("evaluation.json", Evaluation)
        answers[method] = after.read_lines("prompts.jsonl", Prompt), after.read_lines("answers.jsonl", Answer)
        if "start" not in answers:
            before = run.current("evaluate.before")
            assert before is not None
            answers["start"] = answers[method][0], before.read_lines("answers.jsonl", Answer)
        reward = run.current("train.reward")
        kl = evaluation.measure("kl.per_token")
        assert kl is not None
        found[method] = {
            "verdict": verdict.verdict,
            "gates": {gate.metric: [gate.verdict, gate.figure] for gate in verdict.gates},
            "passed": sum(gate.verdict == "pass" for gate in verdict.gates),
            "kl per token": kl.mean,
            "training s": training.manifest.wall_seconds,
            "reward model s": reward.manifest.wall_seconds if reward is not None and reward.manifest else 0.0,
            **(_watched(summary.overoptimization) if summary.overoptimization else {}),
        }
        rubric = loaded.spec.feedback.sample.rubric if loaded.spec.feedback.sample else ()
    reward = run.current("train.reward")
    assert reward is not None
    model = RewardModel.load(reward.folder / "reward", given.precision)
    proxies = {
        name: [row[0] for row in model.scores([p.messages for p in prompts], [[a.text] for a in said])]
        for name, (prompts, said) in answers.items()
    }
    mean, deviation = float(np.mean(proxies["start"])), float(np.std(proxies["start"]))
    for name, (prompts, said) in answers.items():
        pairs = [(prompt.text, answer.text) for prompt, answer in zip(prompts, said, strict=True)]
        gold = [judged.total or 0.0 for judged in judge(rubric, pairs)]
        found.setdefault(name, {}).update(
            gold=float(np.mean(gold)), proxy=(float(np.mean(proxies[name])) - mean) / deviation
        )
    rows = [
        [
            name,
            held.get("verdict", ""),
            f"{held['passed']} of {len(held['gates'])}" if "gates" in held else "",
            *(f"{held[key]:.3f}" if key in held else "" for key in ("kl per token", "proxy", "gold")),
            *(held.get(key, "") for key in ("kept step", "last step")),
            *(f"{held[key]:.0f}" if key in held else "" for key in ("reward model s", "training s")),
        ]
        for name, held in found.items()
    ]
    header = ["method", "verdict", "gates", "KL, nats a token", "proxy", "gold", "kept step",
              "last step: KL an answer, reward, monitor's gold", "reward model, s", "training, s"]  # fmt: skip
    show("concise-friendly by four methods", given, header, rows, found, peers=["trl", "peft"])


def _watched(found: Overoptimization) -> dict[str, Any]:
    """Which checkpoint the monitor kept, and how far the last one went from the start on its own prompts."""
    first, last = found.points[0], found.points[-1]
    gains = f"{last.proxy - first.proxy:+.2f}, {last.gold - first.gold:+.2f}"
    return {
        "alarm": found.alarm,
        "kept step": f"{found.kept_step} of {last.step}",
        "last step": f"{last.kl:.2f}, {gains}",
    }


if __name__ == "__main__":
    main()
