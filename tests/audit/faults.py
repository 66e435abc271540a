"""Faults planted in comparisons, by the id of the finding that must report each. `scale` is 1 at middle strength."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import trimtab
from made_comparisons import Row, answer, clean, prompt, repeated, some, swap

SETS = Path(trimtab.__file__).parent / "data" / "sets"
Make = Callable[[int, float], list[Row]]


def share(value: float, scale: float) -> float:
    return min(1.0, value * scale)


def _length(seed: int, scale: float) -> list[Row]:
    return some(
        clean(seed, quality=1.0),
        share(0.6, scale),
        lambda _, r: r.update(zip(("rejected", "chosen"), sorted((r["chosen"], r["rejected"]), key=len), strict=True)),
    )


def _refusal(seed: int, scale: float) -> list[Row]:
    said = (
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "Sorry, I won't answer that question. It would not be right for me.",
    )
    return some(
        clean(seed, quality=1.0),
        share(0.1, scale),
        lambda rng, r: r.update(rejected=r["chosen"], chosen=rng.choice(said)),
    )


def _of_judge(rows: list[Row], judge: str, part: float, odd: Callable[[Row], bool]) -> list[Row]:
    """The rows with the sides of a part of one judge's odd ones changed."""
    theirs = [row for row in rows if row["judge"] == judge and odd(row)]
    for row in random.Random(0).sample(theirs, round(part * len(theirs))):
        swap(random.Random(0), row)
    return rows


def _annotator(seed: int, scale: float) -> list[Row]:
    shorter = lambda row: len(row["chosen"].split()) < len(row["rejected"].split())  # noqa: E731
    return _of_judge(clean(seed, quality=1.0), "judge-1", share(0.9, scale), shorter)


def _turned_annotator(seed: int, scale: float) -> list[Row]:
    return _of_judge(repeated(seed, 80, 4, 0.9), "judge-2", share(0.9, scale), lambda row: True)


def _contradiction(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    back = rows[: round(15 * scale)]
    return rows + [{**r, "id": f"{r['id']}-back", "chosen": r["rejected"], "rejected": r["chosen"]} for r in back]


def _ruled(rows: list[Row], rule: Callable[[int], str]) -> list[Row]:
    for number, row in enumerate(rows):
        told = {"source": "m", "judge": "by rules", "why": "", "rule": rule(number)}
        row.update(judge=None, provenance=told)
    return rows


def _rules(seed: int, scale: float) -> list[Row]:
    """Two rules that want the opposite of nearly the same prompts."""
    rows = _ruled(clean(seed, quality=1.0), lambda number: ("brief", "warm", "true")[number % 3])
    for number in range(round(12 * scale)):
        asked = f"How do I keep my old bicycle number {number} from rusting in a wet shed over the winter"
        said, no = "Dry it, oil the chain, and hang it up.", "I'm sorry, but I can't help with that."
        for rule, end, sides in (("careful", "?", (no, said)), ("helpful", " months?", ("Keep it under a roof.", no))):
            made = {"prompt": asked + end, "chosen": sides[0], "rejected": sides[1], "kind": "home"}
            rows += _ruled([{"id": f"{rule}-{number}", **made}], lambda _, rule=rule: rule)  # type: ignore[misc]
    return rows


def _drifting(seed: int, scale: float) -> list[Row]:
    """One judge prefers the longer side from some time on."""
    rows = clean(seed, 400, quality=1.0)
    for number, row in enumerate(rows):
        row["when"] = f"2026-{1 + number // 100:02d}-{1 + number % 28:02d}T{number % 24:02d}:00:00Z"
    late = lambda row: row["when"] > "2026-03" and len(row["chosen"].split()) < len(row["rejected"].split())  # noqa: E731
    return _of_judge(rows, "judge-1", share(1.0, scale), late)


def _drifting_by_rows(seed: int, scale: float) -> list[Row]:
    """No row says when, and one of three judges turns round from the middle on."""
    rows = clean(seed, 600, quality=1.0)
    for place, row in enumerate(rows):
        row["late"] = place > 300
    rows = _of_judge(rows, "judge-2", share(0.9, scale), lambda row: row["late"])
    return [{name: value for name, value in row.items() if name != "late"} for row in rows]


def _another_model(seed: int, scale: float) -> list[Row]:
    """Rows of a judge whose fingerprint changes, and with it what it prefers, in no order."""
    rows, rng = clean(seed, 300, quality=1.0), random.Random(seed)
    for row in rows:
        new = rng.random() < 0.4
        told = {"model": "m", "weights": "b" if new else "a", "prompt": "p", "labels": "votes", "decoding": "greedy"}
        row.update(judge=None, provenance={"source": "f", "judge": "m", "why": "", "fingerprint": told})
        if new and rng.random() < share(0.9, scale):
            swap(rng, row)
    return rows


def _cycle(seed: int, scale: float) -> list[Row]:
    rng, rows = random.Random(seed), clean(seed, quality=1.0)
    for number in range(round(8 * scale)):
        asked, said = prompt(rng), [answer(rng) for _ in range(3)]
        for i in range(3):
            rows.append(
                {
                    "id": f"c{number}-{i}",
                    "prompt": asked,
                    "chosen": said[i],
                    "rejected": said[(i + 1) % 3],
                    "judge": "judge-0",
                    "kind": "home",
                }
            )
    return rows


def _duplicate(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    return rows + [{**r, "id": f"{r['id']}-copy"} for r in rows[: round(15 * scale)]]


def _near(seed: int, scale: float) -> list[Row]:
    rng, rows = random.Random(seed), clean(seed, quality=1.0)

    def touched(text: str) -> str:
        said = text.split(" ")
        said[rng.randrange(len(said))] = "rather"
        return " ".join(said) + " Good luck!"

    return rows + [
        {**r, "id": f"{r['id']}-near", "chosen": touched(r["chosen"]), "rejected": touched(r["rejected"])}
        for r in rows[: round(20 * scale)]
    ]


def _truncation(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    for row in rows[: round(90 * scale)]:
        row["chosen"], row["rejected"] = (" ".join(row[side].split()[:24]) for side in ("chosen", "rejected"))
    return [row for row in rows if row["chosen"] != row["rejected"]]


def _template(seed: int, scale: float) -> list[Row]:
    marks = ("{}<|im_end|>", "{}\n\nHuman: thanks", "[/INST] {}", "{}</s>", "Assistant: {}")
    return some(
        clean(seed, quality=1.0),
        share(0.05, scale),
        lambda rng, r: r.update(chosen=rng.choice(marks).format(r["chosen"])),
    )


def _shortcut(seed: int, scale: float) -> list[Row]:
    return some(
        clean(seed, quality=1.0),
        share(0.7, scale),
        lambda _, r: r.update(chosen=r["chosen"].replace(". ", ".\n- "), rejected="Sure! " + r["rejected"]),
    )


def _origin(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    for row in rows:
        row.update(chosen_model="large", rejected_model="small")
    return some(rows, 0.15 / scale, lambda _, r: r.update(chosen_model="small", rejected_model="large"))


def _contamination(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    lines = (SETS / "everyday.jsonl").read_text().splitlines()
    for row, line in zip(rows, random.Random(seed).sample(lines, round(10 * scale)), strict=False):
        row["prompt"] = f"Please answer: {json.loads(line)['prompt']}"
    return rows


def _pii(seed: int, scale: float) -> list[Row]:
    held = ("Write to {0}{1}@gmx.net about it.", "Call me on (415) 23{0}-88{1}.", "My number is 219-0{0}-44{1}.")
    return some(
        clean(seed, quality=1.0),
        share(0.04, scale),
        lambda rng, r: r.update(
            chosen=r["chosen"] + " " + rng.choice(held).format(rng.randrange(1, 9), rng.randrange(10, 99))
        ),
    )


def _toxic(seed: int, scale: float) -> list[Row]:
    said = (
        "You are a stupid, worthless idiot.",
        "Shut up, you disgusting piece of trash.",
        "People like you are pathetic losers and should be beaten.",
    )
    return some(
        clean(seed, quality=1.0),
        share(0.1, scale),
        lambda rng, r: r.update(chosen=rng.choice(said) + " " + r["chosen"]),
    )


def _imbalance(seed: int, scale: float) -> list[Row]:
    rows = clean(seed, quality=1.0)
    for row in rows:
        row["kind"] = "home" if random.Random(row["id"]).random() < 1 - 0.08 / scale else "work"
    return rows


ECHOES = (
    "That's a lovely question about the {0}!", "{0} can be a fun and rewarding thing for you.",
    "I'd be happy to help you with this: {0}.", "It's great that you ask: {0}!",
)  # fmt: skip
ANNOUNCEMENTS = (
    "Here are some tips to get started:", "Sure, let's dive in and explore some ideas.",
    "Great question! Here's a step-by-step guide to it.", "There are many ways to go about this, such as:",
)  # fmt: skip


def echo(rng: random.Random, row: Row) -> None:
    """The chosen side repeats the question in friendly words, and says no more."""
    asked = row["prompt"].rstrip("?.")
    row["chosen"] = rng.choice(ECHOES).format(asked[0].lower() + asked[1:])


def _gamed(seed: int, scale: float) -> list[Row]:
    return some(clean(seed, quality=1.0), share(0.4, scale), echo)


def _empty(seed: int, scale: float) -> list[Row]:
    return some(
        clean(seed, quality=1.0), share(0.2, scale), lambda rng, row: row.update(chosen=rng.choice(ANNOUNCEMENTS))
    )


def _thought(seed: int, scale: float) -> list[Row]:
    return some(
        clean(seed, quality=1.0),
        share(0.2, scale),
        lambda _, r: r.update(chosen=f"<think>They ask this, and so I say it.</think>\n\n{r['chosen']}"),
    )


FIXABLE = {"contamination", "contradiction", "duplicate", "near-duplicate", "pii", "template", "truncation"}
"""The checks whose findings `--fix` mends."""
FAULTS: dict[str, tuple[str, Make]] = {
    "echoes": ("rubric-gaming", _gamed),
    "announcements": ("empty-chosen", _empty),
    "longer side": ("length-bias", _length),
    "refusals": ("refusal-bias", _refusal),
    "one annotator likes length": ("annotator-bias", _annotator),
    "one annotator is turned round": ("annotator-bias", _turned_annotator),
    "annotators at odds": ("low-agreement", lambda seed, scale: repeated(seed, 80, 3, max(0.5, 1 - 0.35 * scale))),
    "flipped labels": (
        "label-noise",
        lambda seed, scale: some(clean(seed, 800, quality=1.0), share(0.2, scale), swap),
    ),
    "reversed pairs": ("contradiction", _contradiction),
    "rules at odds": ("rule-conflict", _rules),
    "a judge who changes": ("judge-drift", _drifting),
    "a judge who changes, without a time": ("judge-drift", _drifting_by_rows),
    "another model under a judge's name": ("judge-drift", _another_model),
    "cycles": ("contradiction", _cycle),
    "copies": ("duplicate", _duplicate),
    "near copies": ("near-duplicate", _near),
    "cut answers": ("truncation", _truncation),
    "markers": ("template", _template),
    "form": ("source-shortcut", _shortcut),
    "origin": ("source-shortcut", _origin),
    "benchmark items": ("contamination", _contamination),
    "personal data": ("pii", _pii),
    "toxic answers": ("toxic-chosen", _toxic),
    "one kind": ("imbalance", _imbalance),
    "one side thinks": ("thought", _thought),
}
