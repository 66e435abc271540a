"""Cases with the answer that an expert would give; docs/advice.md describes each by its name and says why."""

from trimtab.records import Case, Method

BILLION = 10**9

CASES: dict[str, tuple[Case, Method, tuple[Method, ...]]] = {
    "usual-comparisons": (Case(comparisons=5_000, prompts=4_800), "dpo", ("dpo",)),
    "twenty-comparisons": (Case(comparisons=20, prompts=20), "collect", ("collect",)),
    "nothing": (Case(), "collect", ("collect",)),
    "demonstrations-only": (Case(demonstrations=1_000, prompts=1_000), "sft", ("sft",)),
    "demonstrations-and-comparisons": (
        Case(demonstrations=2_000, comparisons=3_000, prompts=5_000),
        "dpo",
        ("sft", "dpo"),
    ),
    "demonstrations-and-few-comparisons": (
        Case(demonstrations=800, comparisons=20, prompts=820),
        "sft",
        ("sft",),
    ),
    "a-million-thumbs": (
        Case(thumbs_up=800_000, thumbs_down=200_000, prompts=600_000),
        "kto",
        ("kto",),
    ),
    "thumbs-and-a-few-comparisons": (
        Case(thumbs_up=6_000, thumbs_down=4_000, comparisons=300, prompts=9_000),
        "kto",
        ("kto",),
    ),
    "praise-only": (Case(thumbs_up=5_000, thumbs_down=3, prompts=4_000), "sft", ("sft",)),
    "complaints-only": (Case(thumbs_up=2, thumbs_down=900, prompts=800), "collect", ("collect",)),
    "contradictory": (
        Case(comparisons=4_000, prompts=2_000, agreement=0.51, label_noise=0.43),
        "collect",
        ("collect",),
    ),
    "contradictory-with-demonstrations": (
        Case(comparisons=4_000, prompts=2_500, label_noise=0.45, demonstrations=500),
        "sft",
        ("sft",),
    ),
    "noisy-but-usable": (Case(comparisons=4_000, prompts=3_500, label_noise=0.25), "dpo", ("dpo",)),
    "verifiable-mathematics": (
        Case(prompts=8_000, reward="verifiable", accelerator=True, memory=80, parameters=7 * BILLION),
        "rlhf",
        ("rlhf",),
    ),
    "verifiable-with-worked-solutions": (
        Case(prompts=8_000, demonstrations=8_000, reward="verifiable", accelerator=True, parameters=BILLION),
        "rlhf",
        ("sft", "rlhf"),
    ),
    "verifiable-in-an-hour-without-accelerator": (
        Case(prompts=8_000, reward="verifiable", accelerator=False, hours=1, parameters=BILLION // 2),
        "dpo",
        ("dpo",),
    ),
    "a-model-judges-by-rules": (Case(prompts=400, reward="programmatic", rules=8), "dpo", ("dpo",)),
    "prompts-alone": (Case(prompts=400), "collect", ("collect",)),
    "contradictory-with-a-judge": (
        Case(comparisons=4_000, prompts=2_000, label_noise=0.43, rules=8, reward="none"),
        "collect",
        ("collect",),
    ),
    "refined-reward": (Case(comparisons=1_500, prompts=1_500, refined=True), "rlhf", ("rlhf",)),
    "refined-reward-without-labels": (
        Case(demonstrations=400, prompts=400, refined=True),
        "sft",
        ("sft",),
    ),
    "refined-reward-that-does-not-fit": (
        Case(comparisons=5_000, prompts=5_000, refined=True, memory=24, parameters=8 * BILLION, accelerator=True),
        "dpo",
        ("dpo",),
    ),
    "safety-on-both-sides": (
        Case(comparisons=12_000, prompts=9_000, constrained=True, accelerator=True, memory=80, parameters=7 * BILLION),
        "rlhf",
        ("rlhf",),
    ),
    "safety-on-both-sides-few-labels": (Case(comparisons=400, prompts=400, constrained=True), "dpo", ("dpo",)),
    "answers-far-from-the-model": (Case(comparisons=600, prompts=600, distance=3.0), "sft", ("sft", "dpo")),
    "answers-of-another-model": (
        Case(comparisons=6_000, prompts=6_000, on_policy=0.0),
        "dpo",
        ("sft", "dpo"),
    ),
    "many-answers-of-another-model": (
        Case(
            comparisons=60_000,
            prompts=50_000,
            on_policy=0.0,
            accelerator=True,
            memory=80,
            parameters=7 * BILLION,
        ),
        "rlhf",
        ("sft", "rlhf"),
    ),
    "many-of-its-own-answers": (
        Case(comparisons=60_000, prompts=50_000, on_policy=1.0, accelerator=True, memory=80, parameters=7 * BILLION),
        "dpo",
        ("dpo",),
    ),
    "rubric-on-a-small-machine": (
        Case(prompts=240, reward="programmatic", accelerator=False, memory=24, parameters=135_000_000),
        "dpo",
        ("dpo",),
    ),
    "rubric-to-be-refined": (
        Case(prompts=240, reward="programmatic", refined=True, accelerator=False, parameters=135_000_000),
        "rlhf",
        ("rlhf",),
    ),
    "rubric-and-ten-prompts": (Case(prompts=10, reward="programmatic"), "collect", ("collect",)),
    "rankings": (Case(rankings=500, ranked_pairs=3_000, prompts=500), "dpo", ("dpo",)),
    "edits": (Case(edits=700, prompts=650), "dpo", ("dpo",)),
    "critiques-only": (Case(critiques=2_000, prompts=1_800), "collect", ("collect",)),
}
