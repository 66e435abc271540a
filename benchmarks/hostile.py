"""Seconds of a processor that each scorer, check and reader takes for texts that nobody writes and some file holds: a
megabyte of one letter, of brackets, of digits, of one line.

    PYTHONPATH=src python benchmarks/hostile.py
    PYTHONPATH=src python benchmarks/hostile.py --size 6000000 --only "audit and fix" --texts "one letter" prose

A cell is the slower of the text as the answer and as the prompt; what takes longer than --most is stopped there. Under
the table stands the slowest of all. Needs no model.
"""

import argparse
import importlib
import json
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trimtab.audit import all_checks, audit, mend, personal
from trimtab.audit.view import View
from trimtab.data import frame_of, near_duplicates, read_feedback, read_frame, read_responses
from trimtab.errors import UserError
from trimtab.policy import judge_policy, unasked
from trimtab.recipes import spec_path
from trimtab.records import Comparison, Message, Point, Prompt, PromptPoints, Provenance
from trimtab.scorers import SCORERS, Points, PointsScorer, complete_runs
from trimtab.spec import load_policy

TEXTS: dict[str, str] = {
    "one letter": "a",
    "short words": "a b c d e f ",
    "prose": "The tea was warm, and she said that it could not be helped; ",
    "sentences": "I can't help you. ",
    "brackets": "([{<",
    "closing": ")]}>",
    "quotes": "\"'“",
    "single quotes": "don't '",
    "backticks": "`a",
    "fences": "```\n",
    "blank lines": "\n",
    "lines": "a\n",
    "list": "- a\n1. b\n",
    "quoted lines": "> a\n",
    "spaces": " ",
    "digits": "7",
    "numbers": "123 456 7890 ",
    "dotted digits": "1.",
    "full stops": ".",
    "marks": "?!",
    "colons": "a: ",
    "commas": "a, ",
    "hyphens": "a-",
    "underscores": "_",
    "stars": "**",
    "at signs": "a@a.",
    "markers": "<|im_start|>",
    "half markers": "<|im",
    "thoughts": "<think>a</think>",
    "open thoughts": "<think",
    "turns": "\n\nHuman: a",
    "combining marks": "e\u0301\u0323",
    "marks alone": "\u0301",
    "Chinese": "茶水很热请小心",
    "Thai": "ชาร้อนมากโปรดระวัง",
    "Hindi": "चाय बहुत गर्म है ",
    "emoji": "🙂",
    "joined emoji": "👩\u200d👧",
    "greetings": "dear a ",
    "contractions": "it's i'd ",
    "negations": "not no never ",
    "doses": "take 2 mg ",
}
"""What each text repeats."""
RANDOM = "random words"
"""The one text that does not repeat itself."""
ASKED, SAID = "How do I make a pot of green tea for two?", "Warm the pot, take two spoons, and wait three minutes."


def made(title: str, size: int) -> str:
    """A text of so many characters."""
    if title != RANDOM:
        return (TEXTS[title] * (size // len(TEXTS[title]) + 1))[:size]
    rng = random.Random(0)
    words = ["".join(rng.choices("etaoinshrdlucm", k=rng.randint(2, 10))) for _ in range(30_000)]
    return " ".join(rng.choice(words) + rng.choice(("", "", "", ",", ".", "?")) for _ in range(size // 4))[:size]


class TooLong(BaseException):
    """What is measured was stopped."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Stops what takes a processor longer, by a signal; waiting for one is not counted."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def comparison(name: str, prompt: str, chosen: str, rejected: str) -> Comparison:
    """A comparison of plain texts."""
    return Comparison(
        id=name,
        prompt=(Message(role="user", content=prompt),),
        chosen=(Message(role="assistant", content=chosen),),
        rejected=(Message(role="assistant", content=rejected),),
        provenance=Provenance(source="made", judge="somebody", why=""),
    )


def compared(prompt: str, answer: str, *, twice: bool = False) -> list[Comparison]:
    """A text on one side of a comparison among plain ones; `twice` nearly alike."""
    plain = [comparison(f"plain-{n}", f"{ASKED} {n}", f"{SAID} {n} is right.", f"No {n}.") for n in range(70)]
    others = [comparison("b", prompt, answer + " b", SAID)] if twice else []
    return [*plain, comparison("a", prompt, answer, SAID), *others]


Work = Callable[[str, str], Any]


def works(folder: Path) -> dict[str, Work]:
    """What is measured, by name: each takes a prompt and an answer."""
    rules = load_policy(spec_path("medical-policy").parent / "policy.yaml")
    point = PromptPoints(id="tea", prompt=ASKED, points=(Point(ways=("warm pot|cup", "wait_three minut*")),))
    found: dict[str, Work] = {
        f"scorer {name}": lambda asked, said, scorer=scorer: scorer([(asked, said)])
        for name, scorer in SCORERS.items()
        if name != "points"
    }
    points = PointsScorer(Points([point]))
    found["scorer points"] = lambda asked, said: points([(ASKED, said)])
    found["policy medical"] = lambda asked, said: judge_policy(rules, asked, said, unasked(rules))
    found["runs of sentences"] = lambda asked, said: complete_runs(said, 3)
    found["near-duplicate prompts"] = lambda asked, said: near_duplicates(
        [Prompt(id="a", messages=(Message(role="user", content=asked + "?"),))],
        [Prompt(id="b", messages=(Message(role="user", content=said + "?"),))],
    )
    found["personal data"] = lambda asked, said: personal(said)
    for name, check in all_checks().items():
        found[f"check {name}"] = lambda asked, said, name=name, check=check: check(
            View(
                frame_of(compared(asked, said, twice=name == "near-duplicate")), against=[("set", ASKED)], policy=rules
            )
        )
    path = folder / "rows.jsonl"

    def written(asked: str, said: str) -> Path:
        rows = [{"prompt": asked, "chosen": said, "rejected": SAID}, {"prompt": ASKED, "response": said}]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    found["reader of comparisons"] = lambda asked, said: read_frame(written(asked, said))
    found["reader of feedback"] = lambda asked, said: read_feedback(written(asked, said))
    found["reader of responses"] = lambda asked, said: read_responses(written(asked, said))

    def audited(asked: str, said: str) -> None:
        read = read_frame(written(asked, said))
        done = audit(read.table)
        assert mend(read, done, lambda other: audit(other.table), list)["kept"] <= read.read

    found["audit and fix"] = audited
    return found


def main() -> None:
    """Measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="characters")
    parser.add_argument("--most", type=float, default=20.0, help="seconds after which a cell is stopped")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="NAME", help="what is measured, by its name's beginning"
    )
    parser.add_argument("--texts", nargs="*", default=[RANDOM, *TEXTS], choices=[RANDOM, *TEXTS])
    parser.add_argument("--above", type=float, default=0.0, help="print only rows with a cell above so many seconds")
    arguments = parser.parse_args()
    importlib.import_module("scipy.stats")  # is not to be stopped within
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            name: work
            for name, work in works(Path(folder)).items()
            if not arguments.only or any(name.startswith(each) for each in arguments.only)
        }
        for work in measured.values():
            work(ASKED, SAID)  # what is loaded once
        print("| | " + " | ".join(arguments.texts) + " |\n|---" + "|---:" * len(arguments.texts) + "|", flush=True)
        slowest = (0.0, "", "")
        for name, work in measured.items():
            cells: list[str] = []
            most = 0.0
            for title in arguments.texts:
                text = made(title, arguments.size)
                worst = 0.0
                for asked, said in ((ASKED, text), (text, SAID)):
                    started = time.process_time()
                    try:
                        with limit(arguments.most):
                            work(asked, said)
                    except TooLong:
                        pass
                    except UserError:
                        pass  # a text that is refused: what counts is how fast
                    worst = max(worst, time.process_time() - started)
                most = max(most, worst)
                slowest = max(slowest, (worst, name, title))
                cells.append(f"> {arguments.most:.0f}" if worst >= arguments.most else f"{worst:.2f}")
            if most >= arguments.above:
                print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        print(f"\n{arguments.size:,} characters; the slowest: {slowest[1]} with {slowest[2]}, {slowest[0]:.2f} s")


if __name__ == "__main__":
    main()
