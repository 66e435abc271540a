"""AI feedback against a real server: `transformers serve` on loopback, and the same model in this process beside it.

    python benchmarks/constitution_serve.py [--pairs 12] [--limit 240] [--model FOLDER]

An answer of smollm2-135m's own to each prompt is criticised by a rule that is drawn, and written anew; two answers to
each are compared by one, in both orders: once by the model behind `transformers serve`, through the sources `critique`
and `constitution` of a run as a user would have them, and once by the same model in this process. Printed are calls,
seconds and tokens, what critiques and revisions came to, ties because the orders disagree, and pairs without a verdict.
At `--limit` seconds what was said is kept, and the same command with the same `--work` goes on.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from common import MODEL, parser, show

import yaml

from trimtab.loop import Quiet
from trimtab.loop.inputs import read_inputs
from trimtab.loop.stages import Session, feedback
from trimtab.models import model_folder
from trimtab.recipes import spec_path
from trimtab.records import AiFeedback, Critique, Revision
from trimtab.spec import load_spec
from trimtab.store import FileName, Run

RULES = {
    "answers-first": "The answer says what was asked for before it says anything else.",
    "true": "The answer asserts nothing that is false, and says where it is not sure.",
    "plain": "The answer uses short, common words and no filler.",
    "kind": "The answer is friendly to the person who asks, and talks down to nobody.",
}
RUBRIC = [{"scorer": "words", "weight": 1, "full_to": 40, "zero_above": 80}]
STARTING = 120.0
Came = tuple[AiFeedback, dict[str, int], float, float]
"""What comparing came to; critiques, revisions and what is taught of them; the seconds of comparing and criticising."""


class Told(Quiet):
    """Says what the run says, on standard error."""

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)


@contextmanager
def served(model: Path, log: Path) -> Iterator[str]:
    """The address of a server with the model, while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "transformers"), "serve", str(model)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    try:
        end = time.monotonic() + STARTING
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"transformers serve did not start:\n{log.read_text()[-2000:]}") from None
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def asked(work: Path, name: str, model: Path, server: dict[str, object], pairs: int, cap: int) -> Came:
    """What both sources came to with a `server`, or in this process without one; the critic says at most `cap`
    tokens."""
    folder = spec_path("concise-friendly").parent
    lines = (folder / "prompts_train.jsonl").read_text().splitlines(keepends=True)
    (work / "train.jsonl").write_text("".join(lines[:pairs]))
    (work / "heldout.jsonl").write_text("".join((folder / "prompts_heldout.jsonl").read_text().splitlines(True)[:8]))
    checks = [{"contains": "as an AI language model"}]
    rules = [{"id": name, "text": text, "checks": checks} for name, text in RULES.items()]
    (work / "rules.yaml").write_text(yaml.safe_dump({"name": "four-rules", "rules": rules}))
    judge = {**server, "max_new_tokens": cap} if server else {"labels": "log-probabilities"}
    critique = {"constitution": "rules.yaml", "critic": {**server, "max_new_tokens": cap}, "rubric": RUBRIC}
    sources = [
        {"critique": {**critique, "max_new_tokens": 40}},
        {"constitution": {"path": "rules.yaml", "judge": judge, "max_new_tokens": 40}},
    ]
    spec = {
        "name": "served",
        "goal": "answers that keep four rules",
        "model": {"name": str(model), "precision": "fp32"},
        "prompts": {"train": "train.jsonl", "heldout": "heldout.jsonl"},
        "judges": {"untrusted": "told"},
        "feedback": {"sources": sources},
        "gates": [{"metric": "style.words", "at_most": 1000}],
    }
    (work / "spec.yaml").write_text(yaml.safe_dump(spec))
    loaded = load_spec(work / "spec.yaml")
    plain = loaded.spec.model_dump(mode="json")
    with Run.open(work / name, name="served", goal="g", spec=plain, spec_folder=loaded.folder) as run:
        feedback(Session(run, loaded, read_inputs(loaded), Told()))
        compared, criticised = run.current("feedback.constitution"), run.current("feedback.critique")
        assert compared is not None
        assert criticised is not None
        assert compared.manifest is not None
        assert criticised.manifest is not None
        rounds = list(criticised.read_lines(FileName.REVISIONS, Revision))
        counts = {
            "answers": len(rounds),
            "critiques": sum(bool(each.critique) for each in rounds),
            "revisions": sum(bool(each.after) for each in rounds),
            "taught": sum(1 for _ in criticised.read_lines(FileName.CRITIQUES, Critique)),
        }
        seconds = compared.manifest.wall_seconds, criticised.manifest.wall_seconds
        return compared.read(FileName.SUMMARY, AiFeedback), counts, *seconds


def main() -> None:
    """Both judges, and a table."""
    made = parser("constitution_serve", __doc__)
    made.add_argument("--pairs", type=int, default=12)
    made.add_argument("--limit", type=int, default=240, help="seconds")
    made.add_argument("--cap", type=int, default=48, help="tokens of a critique, a revision and a verdict in words")
    made.add_argument("--work", type=Path, default=None)
    made.add_argument("--model", type=Path, default=None, help="a folder, in place of smollm2-135m")
    given = made.parse_args()
    work = given.work or Path(mkdtemp(prefix="constitution-serve-"))
    work.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.alarm(given.limit)
    model = given.model if given.model is not None else model_folder(MODEL)
    found = {"in process": asked(work, "local", model, {}, given.pairs, given.cap)}
    with served(model, work / "serve.log") as url:
        server: dict[str, object] = {"url": url, "model": str(model), "workers": 2, "timeout": 120.0}
        found["transformers serve"] = asked(work, "served", model, server, given.pairs, given.cap)
    signal.alarm(0)
    titles = (
        "judge",
        "labels",
        "calls",
        "seconds",
        "in",
        "out",
        "decided",
        "flips",
        "ties",
        "equal",
        "no verdict",
        "first",
    )
    rows = [
        (
            name,
            came.fingerprint.labels,
            str(came.calls),
            f"{seconds:.0f}",
            str(came.tokens_in),
            str(came.tokens_out),
            *(str(getattr(came, each)) for each in ("decided", "flips", "ties", "equal", "not_judged")),
            "–" if came.first_share is None else f"{came.first_share:.2f}",
        )
        for name, (came, _, seconds, _) in found.items()
    ]
    told = {
        name: {"seconds": seconds, **came.model_dump(), "critic": {"seconds": spent, **counts}}
        for name, (came, counts, seconds, spent) in found.items()
    }
    print("| critic | seconds | answers | critiques | revisions | taught |\n|---|---:|---:|---:|---:|---:|")
    for name, (_, counts, _, spent) in found.items():
        print(f"| {name} | {spent:.0f} | {' | '.join(map(str, counts.values()))} |")
    print()
    show(f"{given.pairs} prompts, each pair asked in both orders", given, titles, rows, told)


if __name__ == "__main__":
    main()
