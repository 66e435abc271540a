"""An engine that answers from a script: to try a benchmark, a gate or a run's stages where no model is needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..records import Answer, Prompt
from ..store import digest
from .engine import Decoding, in_order

Script = str | Sequence[str] | Mapping[str, str] | Callable[[Prompt, int], str]
"""An answer to all; several, of which each prompt and sample draws one; answers by the prompt's text; or a function of
the prompt and the sample's number, from 0."""

SPOKEN = (
    "Sure! Start small, keep it simple, and see how it goes.",
    "There are three things to know. First, it takes time. Second, it is worth it. Third, you can ask for help.",
    "I'm sorry, but I can't help with that.",
    "It depends on where you live and on what you want. In short: yes.",
)
"""What a mock says where no script is given: short, long, refusing, and in between."""


@dataclass(frozen=True)
class MockEngine:
    """Answers from `script`. An answer hangs on the prompt, the sample and the seed alone, so that it is the same in
    any part and after any kill. Words count as tokens: an answer longer than `max_new_tokens` words is cut and has not
    ended. `name` tells one function from another, whose code is not looked at.

    `answers` raises KeyError where a mapping has no answer to a prompt.
    """

    script: Script = SPOKEN
    name: str = "mock"

    def identity(self) -> str:
        """A hash that is equal for equal scripts."""
        return digest(["mock", self.name, None if callable(self.script) else self.script])

    def describe(self) -> dict[str, str]:
        """There is no template, precision or device."""
        return {"template": "none", "precision": "none", "device": "none", "engine": "mock"}

    def parts(self, prompts: Sequence[Prompt], samples: int, decoding: Decoding, *, chat: bool) -> list[list[int]]:
        """See `in_order`."""
        return in_order(prompts, samples)

    def answers(
        self, prompts: Sequence[Prompt], *, samples: int, decoding: Decoding, seed: int, chat: bool = True
    ) -> list[Answer]:
        """`samples` answers to each prompt, in the order of the prompts."""
        return [
            _cut(prompt, index, self._said(prompt, index, seed), decoding.max_new_tokens)
            for prompt in prompts
            for index in range(samples)
        ]

    def _said(self, prompt: Prompt, index: int, seed: int) -> str:
        script = self.script
        if isinstance(script, str):
            return script
        if isinstance(script, Mapping):
            return script[prompt.text]
        if isinstance(script, Sequence):
            return script[int(digest([seed, prompt.id, index]), 16) % len(script)]
        return script(prompt, index)


def _cut(prompt: Prompt, index: int, text: str, most: int) -> Answer:
    words = text.split()
    whole = len(words) <= most
    text = text if whole else " ".join(words[:most])
    asked = sum(len(message.content.split()) for message in prompt.messages)
    tokens = min(len(words), most)
    return Answer(prompt_id=prompt.id, index=index, text=text, tokens=tokens, ended=whole, prompt_tokens=asked)
