"""Are a model's new answers as good as its old ones? Two lists of answers are scored, compared and gated.

python examples/gate_answers.py
"""

import trimtab as tt


@tt.scorer("hedges", version="1", title="Hedges", unit="words", better="lower")
def hedges(prompt: str, answer: str) -> float:
    """How often an answer hedges."""
    return float(sum(answer.lower().count(word) for word in ("perhaps", "might", "possibly")))


prompts = [f"Is it safe to {what}?" for what in ("swim after lunch", "eat raw eggs", "reheat rice", "run at night")] * 5
old = [{"prompt": prompt, "response": "It might be. Perhaps ask someone who knows."} for prompt in prompts]
new = [{"prompt": prompt, "response": "Mostly, with some care: here is what to mind."} for prompt in prompts]

names = ["hedges", "refusal", "toxicity", "words"]
before, after = tt.score(old, names), tt.score(new, names)
print(tt.compare(before, after))

verdict = tt.gate(
    before,
    after,
    [
        {"metric": "score.hedges", "better_by": 0.5},
        {"metric": "score.refusal", "at_most": 0.5},
        {"metric": "score.words", "at_most_of_base": 1.5},
    ],
)
print(f"\n{verdict}")
if not verdict:
    raise SystemExit("the new answers are not as good as the old ones")
