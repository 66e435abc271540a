"""Each fault at a middle strength, by the id of the finding that must report it."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import trimtab
from made_comparisons import Row, answer, clean, prompt, repeated, some, swap

SETS = Path(trimtab.__file__).parent / "evaluate" / "sets"


def _length(seed: int) -> list[Row]:
    return some(
        clean(seed),
        0.6,
        lambda _, r: r.update(zip(("rejected", "chosen"), sorted((r["chosen"], r["rejected"]), key=len), strict=True)),
    )


def _refusal(seed: int) -> list[Row]:
    said = (
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "Sorry, I won't answer that question. It would not be right for me.",
    )
    return some(clean(seed), 0.1, lambda rng, r: r.update(chosen=rng.choice(said)))


def _annotator(seed: int) -> list[Row]:
    rows = clean(seed)
    for row in rows:
        if row["judge"] == "judge-1" and len(row["chosen"].split()) < len(row["rejected"].split()):
            swap(random.Random(0), row)
    return rows


def _turned_annotator(seed: int) -> list[Row]:
    rows = repeated(seed, 80, 4, 0.9)
    for row in rows:
        if row["judge"] == "judge-2":
            swap(random.Random(0), row)
    return rows


def _contradiction(seed: int) -> list[Row]:
    rows = clean(seed)
    return rows + [{**r, "id": f"{r['id']}-back", "chosen": r["rejected"], "rejected": r["chosen"]} for r in rows[:15]]


def _cycle(seed: int) -> list[Row]:
    rng, rows = random.Random(seed), clean(seed)
    for number in range(8):
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


def _duplicate(seed: int) -> list[Row]:
    rows = clean(seed)
    return rows + [{**r, "id": f"{r['id']}-copy"} for r in rows[:15]]


def _near(seed: int) -> list[Row]:
    rng, rows = random.Random(seed), clean(seed)

    def touched(text: str) -> str:
        said = text.split(" ")
        said[rng.randrange(len(said))] = "rather"
        return " ".join(said) + " Good luck!"

    return rows + [
        {**r, "id": f"{r['id']}-near", "chosen": touched(r["chosen"]), "rejected": touched(r["rejected"])}
        for r in rows[:20]
    ]


def _truncation(seed: int) -> list[Row]:
    rows = clean(seed)
    for row in rows[:90]:
        row["chosen"], row["rejected"] = (" ".join(row[side].split()[:24]) for side in ("chosen", "rejected"))
    return [row for row in rows if row["chosen"] != row["rejected"]]


def _template(seed: int) -> list[Row]:
    marks = ("{}<|im_end|>", "{}\n\nHuman: thanks", "[/INST] {}", "{}</s>", "Assistant: {}")
    return some(clean(seed), 0.05, lambda rng, r: r.update(chosen=rng.choice(marks).format(r["chosen"])))


def _shortcut(seed: int) -> list[Row]:
    return some(
        clean(seed),
        0.7,
        lambda _, r: r.update(chosen=r["chosen"].replace(". ", ".\n- "), rejected="Sure! " + r["rejected"]),
    )


def _origin(seed: int) -> list[Row]:
    rows = clean(seed)
    for row in rows:
        row.update(chosen_model="large", rejected_model="small")
    return some(rows, 0.15, lambda _, r: r.update(chosen_model="small", rejected_model="large"))


def _contamination(seed: int) -> list[Row]:
    rows = clean(seed)
    lines = (SETS / "everyday.jsonl").read_text().splitlines()
    for row, line in zip(rows, random.Random(seed).sample(lines, 10), strict=False):
        row["prompt"] = f"Please answer: {json.loads(line)['prompt']}"
    return rows


def _pii(seed: int) -> list[Row]:
    held = ("Write to {0}{1}@gmx.net about it.", "Call me on (415) 23{0}-88{1}.", "My number is 219-0{0}-44{1}.")
    return some(
        clean(seed),
        0.04,
        lambda rng, r: r.update(
            chosen=r["chosen"] + " " + rng.choice(held).format(rng.randrange(1, 9), rng.randrange(10, 99))
        ),
    )


def _toxic(seed: int) -> list[Row]:
    said = (
        "You are a stupid, worthless idiot.",
        "Shut up, you disgusting piece of trash.",
        "People like you are pathetic losers and should be beaten.",
    )
    return some(clean(seed), 0.1, lambda rng, r: r.update(chosen=rng.choice(said) + " " + r["chosen"]))


def _imbalance(seed: int) -> list[Row]:
    rows = clean(seed)
    for row in rows:
        row["kind"] = "home" if random.Random(row["id"]).random() < 0.92 else "work"
    return rows


FAULTS: dict[str, tuple[str, Callable[[int], list[Row]]]] = {
    "longer side": ("length-bias", _length),
    "refusals": ("refusal-bias", _refusal),
    "one annotator likes length": ("annotator-bias", _annotator),
    "one annotator is turned round": ("annotator-bias", _turned_annotator),
    "annotators at odds": ("low-agreement", lambda seed: repeated(seed, 80, 3, 0.65)),
    "flipped labels": ("label-noise", lambda seed: some(clean(seed, 400, quality=1.0), 0.2, swap)),
    "reversed pairs": ("contradiction", _contradiction),
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
}
