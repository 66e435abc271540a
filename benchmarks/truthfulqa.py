"""TruthfulQA mc1 and mc2: lm-evaluation-harness against trimtab, on the same model in memory.

    python benchmarks/truthfulqa.py [--precision bf16] [--questions 60 | --full] [--batch 16]

The peer runs its own two task definitions (the prompt is theirs) with its hf backend on a local file made from the
CSV; its standard errors by bootstrap are switched off. trimtab is given the peer's preamble. Seconds are of the whole
evaluation (prompts, tokens, model, scores) without either side's wrapper of the model. In fp32 every answer's
log-probability must agree to 1e-3 and the scores to 0.001, or the exit code is 1; in bf16 both round, and how far they
lie apart is printed.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from common import LAYERS, MODEL, VOCABULARY, parser, rate, show, timed

import jinja2
import lm_eval
import yaml
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks._yaml_loader import load_yaml

from trimtab.data import read_truthfulqa
from trimtab.evaluate import TruthfulScore, truthfulqa
from trimtab.models import LoadedModel, ModelRef, load
from trimtab.records import TruthfulItem
from trimtab.sharing import Scorer, lay_out

TASKS = Path(lm_eval.__file__).parent / "tasks" / "truthfulqa"


def peer_preamble() -> str:
    """What the peer's task puts before the question."""
    template = yaml.safe_load((TASKS / "truthfulqa_mc1.yaml").read_text())["doc_to_text"]
    whole: str = jinja2.Template(template).render(question="QUESTION")
    return whole.removesuffix("Q: QUESTION\nA:")


def peer_tasks(items: list[TruthfulItem], folder: Path) -> list[dict[str, Any]]:
    """The peer's own definitions of mc1 and mc2, reading a local file."""
    rows = [
        {
            "question": item.question,
            **{
                f"{name}_targets": {"choices": list(part.texts), "labels": [int(right) for right in part.right]}
                for name, part in (("mc1", item.mc1), ("mc2", item.mc2))
            },
        }
        for item in items
    ]
    path = folder / "items.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    tasks = []
    for name in ("mc1", "mc2"):
        task = load_yaml(TASKS / f"truthfulqa_{name}.yaml")
        task.pop("dataset_name", None)
        tasks.append({**task, "dataset_path": "json", "dataset_kwargs": {"data_files": {"validation": str(path)}}})
    return tasks


def peer(loaded: LoadedModel, items: list[TruthfulItem], batch: int) -> tuple[float, list[TruthfulScore]]:
    """Seconds, and the scores in our form."""
    model = HFLM(pretrained=loaded.model, tokenizer=loaded.tokenizer, batch_size=batch, backend="causal")
    with tempfile.TemporaryDirectory() as folder:
        tasks = peer_tasks(items, Path(folder))
        seconds, found = timed(
            lambda: lm_eval.simple_evaluate(
                model=model, tasks=tasks, log_samples=True, bootstrap_iters=0, verbosity="ERROR"
            )
        )
    samples = [sorted(found["samples"][f"truthfulqa_{name}"], key=lambda row: row["doc_id"]) for name in ("mc1", "mc2")]
    scores = []
    for item, first, second in zip(items, *samples, strict=True):
        logps = {}
        for part, sample in ((item.mc1, first), (item.mc2, second)):
            logps |= {text: float(reply[0][0]) for text, reply in zip(part.texts, sample["resps"], strict=True)}
        scores.append(TruthfulScore(mc1=float(first["acc"]), mc2=float(second["acc"]), logps=logps))
    return seconds, scores


def arithmetic(loaded: LoadedModel, items: list[TruthfulItem], preamble: str) -> tuple[int, int]:
    """Tokens that must be computed, everything shared, and distinct predictions."""
    sequences, starts = [], []
    for item in items:
        context = f"{preamble}Q: {item.question}\nA:"
        for text in dict.fromkeys((*item.mc1.texts, *item.mc2.texts)):
            starts.append(len(loaded.tokenizer(context)["input_ids"]))
            sequences.append(loaded.tokenizer(f"{context} {text}")["input_ids"])
    forest = lay_out(sequences, starts, tips=False)
    return len(forest), len(forest.rows)


def mean(scores: list[TruthfulScore], name: str) -> float:
    return sum(getattr(score, name) for score in scores) / len(scores)


def told(scores: list[TruthfulScore]) -> list[str]:
    return [f"{mean(scores, name):.4f}" for name in ("mc1", "mc2")]


def compare(
    loaded: LoadedModel, items: list[TruthfulItem], warm: list[TruthfulItem], batch: int, times: int = 1
) -> dict[str, Any]:  # fmt: skip
    """Both on the same questions, by turns, and trimtab once more at the end; questions to `warm` up with are not
    counted."""
    preamble = peer_preamble()
    scorer = Scorer(loaded.model)
    truthfulqa(loaded, warm, preamble=preamble, scorer=scorer)  # both warm up
    peer(loaded, warm[-1:], batch)
    every: dict[str, list[float]] = {"peer": [], "trimtab": []}
    for _ in range(times):
        ours, scores = timed(lambda: truthfulqa(loaded, items, preamble=preamble, scorer=scorer))
        theirs, peers = peer(loaded, items, batch)
        every["peer"].append(theirs)
        every["trimtab"].append(ours)
    every["trimtab"].append(timed(lambda: truthfulqa(loaded, items, preamble=preamble, scorer=scorer))[0])
    tokens, rows = arithmetic(loaded, items, preamble)
    best = {name: min(found) for name, found in every.items()}
    return {
        "questions": len(items), "answers": sum(len(score.logps) for score in scores), "seconds of each": every,
        "peer seconds": best["peer"], "seconds": best["trimtab"], "ratio": best["peer"] / best["trimtab"],
        "limit seconds": 2 * (tokens * LAYERS + rows * VOCABULARY) / rate(loaded.precision),
        "log-probabilities apart": max(
            abs(a.logps[text] - b.logps[text]) for a, b in zip(scores, peers, strict=True) for text in a.logps
        ),
        "scores apart": max(abs(mean(scores, name) - mean(peers, name)) for name in ("mc1", "mc2")),
        "scores": {"peer": told(peers), "trimtab": told(scores)}, "tokens": tokens, "predictions": rows,
    }  # fmt: skip


def main() -> None:
    options = parser("truthfulqa", __doc__)
    options.add_argument(
        "--questions", type=int, default=60, help="of the first questions, for the peer and for trimtab"
    )
    options.add_argument("--full", action="store_true", help="all questions, for both (the peer: an hour or more)")
    options.add_argument("--batch", type=int, default=16, help="the peer's batch size")
    arguments = options.parse_args()
    items = read_truthfulqa(arguments.data / "truthfulqa" / "TruthfulQA.csv")
    some = items if arguments.full else items[: arguments.questions]
    result = compare(load(ModelRef(MODEL), arguments.precision, print), some, items[-4:], arguments.batch)
    theirs, ours, limit = (result[name] for name in ("peer seconds", "seconds", "limit seconds"))
    named, scores = f"{len(some)} questions", result["scores"]
    table = [
        [f"lm-evaluation-harness, {named}", f"{theirs:.1f}", "1", *scores["peer"]],
        [f"trimtab, {named}", f"{ours:.1f}", f"{theirs / ours:.1f}", *scores["trimtab"]],
        ["arithmetic limit of trimtab's way", f"{limit:.1f}", f"{theirs / limit:.1f}", "", ""],
    ]
    show(
        "TruthfulQA mc1 + mc2", arguments, ["", "seconds", "times faster", "mc1", "mc2"], table, result,
        peers=["lm_eval"],
    )  # fmt: skip
    apart, off = result["log-probabilities apart"], result["scores apart"]
    print(f"\n{result['answers']} answers' log-probabilities apart by at most {apart:.1e} nats, scores by {off:.1e}")
    if arguments.precision == "fp32" and max(off, apart) > 1e-3:
        raise SystemExit("the two disagree")


if __name__ == "__main__":
    main()
