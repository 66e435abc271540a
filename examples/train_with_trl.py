"""TRL's DPO with each prompt computed once, then GRPO on a rubric of trimtab's scorers.

python examples/train_with_trl.py [MODEL]
"""

import sys

from datasets import Dataset
from trl import DPOConfig, GRPOConfig, GRPOTrainer

from trimtab.trl import SharedPrefixDPOTrainer, reward_function

model = sys.argv[1] if len(sys.argv) > 1 else "HuggingFaceTB/SmolLM2-135M-Instruct"
questions = ["what is tea ?", "tell me about rain", "why is the sun red ?", "how are you ?"]


def said(role: str, text: str) -> list[dict[str, str]]:
    """One message."""
    return [{"role": role, "content": text}]


pairs = [
    {
        "prompt": said("user", question),
        "chosen": said("assistant", "it's great fun !"),
        "rejected": said("assistant", "furthermore the plan is the plan and the plan ."),
    }
    for question in questions
]
short = {"max_steps": 1, "logging_steps": 1, "report_to": [], "save_strategy": "no", "use_cpu": True, "bf16": False}
dpo = SharedPrefixDPOTrainer(  # in the place of trl.DPOTrainer
    model, args=DPOConfig("out/dpo", per_device_train_batch_size=4, **short), train_dataset=Dataset.from_list(pairs)
)
print(f"DPO: loss {dpo.train().training_loss:.3f}, prompts shared: {dpo.shares}")

concise = reward_function([{"scorer": "words", "weight": 1, "full_to": 12, "zero_above": 60}])
grpo = GRPOTrainer(
    model,
    reward_funcs=[concise, reward_function("toxicity")],
    args=GRPOConfig(
        "out/grpo",
        per_device_train_batch_size=4,
        num_generations=4,
        max_completion_length=8,
        reward_weights=[1, -1],
        **short,
    ),
    train_dataset=Dataset.from_list([{"prompt": said("user", question)} for question in questions]),
)
grpo.train()
print(f"GRPO: mean reward {grpo.state.log_history[0]['reward']:.3f}")
