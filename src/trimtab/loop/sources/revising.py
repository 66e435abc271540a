"""A critic at work on the answers of one source, round by round; what it writes is held against what was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from ...feedback import (
    Draft,
    Reply,
    Weighed,
    critique_prompt,
    drawn_rules,
    loses,
    read_critique,
    read_revision,
    revision_prompt,
    weighed,
)
from ...judges import unread
from ...records import Answer, Policy, Prompt, Revision, Rule, answered
from ...scorers import Opened
from ...spec import CritiqueSpec
from ...store import Stage
from ..parts import answers_in_parts
from .served_critic import ServedCritic, letters_of
from .who_judges import WhoJudges

if TYPE_CHECKING:
    from ...models import Engine
    from ..stages.session import Session


@dataclass(frozen=True)
class Revising:
    """The critic at work on the answers of one source in one round of the run."""

    session: "Session"
    stage: Stage
    given: CritiqueSpec
    policy: Policy
    who: WhoJudges
    critic: str
    judged: Sequence[tuple[Policy, Opened]]
    scorers: Opened
    served: ServedCritic | None = None

    @property
    def seed(self) -> int:
        """Of what is drawn: in a later round of the run other rules are."""
        return self.session.spec.seed + self.session.round - 1

    @cached_property
    def engine(self) -> "Engine":
        """The critic, opened where something is asked of it."""
        from ...models import InProcess, LocalChat

        chat = self.who.chat
        rows = self.session.spec.decode_batch_size
        return InProcess(chat.loaded, rows) if isinstance(chat, LocalChat) else cast("Engine", chat)

    def round(self, drafts: Sequence[Draft], number: int, first: Sequence[Draft]) -> list[Revision]:
        """One round on all answers, each with what became of it; `first` are the answers as they were sampled."""
        named, most = self.given.rules, self.given.rules_per_round
        rules = [drawn_rules(self.policy, each, number, names=named, most=most, seed=self.seed) for each in drafts]
        marks = self.who.chat.marks if any(rules) else frozenset()
        asked = [place for place, some in enumerate(rules) if some]
        said = self._ask(
            [critique_prompt(self.policy, drafts[at], rules[at], number, marks) for at in asked], f"critique-{number}"
        )
        critiques = {at: read_critique(reply, drafts[at], rules[at]) for at, reply in zip(asked, said, strict=True)}
        going = [at for at in asked if critiques[at].text]
        prompts = [
            revision_prompt(self.policy, drafts[at], rules[at], critiques[at].text, number, marks) for at in going
        ]
        sentences = self.given.trim_to_sentences
        revised = {
            at: read_revision(reply, drafts[at], critiques[at].text, rules[at], sentences)
            for at, reply in zip(going, self._ask(prompts, f"revision-{number}"), strict=True)
        }
        weights = self._weights(drafts, first, revised)
        nothing = Reply(why="no rule of the constitution is about the prompt")
        return [
            self._made(draft, first[at], number, rules[at], critiques.get(at, nothing), revised.get(at), weights)
            for at, draft in enumerate(drafts)
        ]

    def _ask(self, prompts: Sequence[Prompt], part: str) -> list[Answer]:
        """The critic's replies with the thought taken off, kept in parts of that name."""
        from ...models import Decoding

        if not prompts:
            return []
        critic, progress = self.given.critic, self.session.progress
        decoding, title = (
            Decoding(critic.max_new_tokens, critic.temperature, critic.top_p),
            part.replace("-", ", round "),
        )
        if self.served is not None:
            replies = self.served.ask(prompts, decoding, self.seed, progress, title)
        else:
            replies = answers_in_parts(
                self.stage,
                self.engine,
                prompts,
                samples=1,
                decoding=decoding,
                seed=self.seed,
                progress=progress,
                title=f"{title}, by {self.who.name}",
                name=part,
            )
        return answered([_as_read(reply, prompt) for reply, prompt in zip(replies, prompts, strict=True)])

    def _weights(
        self, drafts: Sequence[Draft], first: Sequence[Draft], revised: dict[int, Reply]
    ) -> dict[tuple[str, str], Weighed]:
        """What every text is worth, by what was asked and said."""
        rows = dict.fromkeys(
            (drafts[at].prompt.text, text)
            for at, reply in revised.items()
            if reply.text
            for text in (first[at].text, drafts[at].text, reply.text)
        )
        found = weighed(self.given.rubric, list(rows), self.judged, self.scorers)
        return dict(zip(rows, found, strict=True))

    def _made(
        self,
        draft: Draft,
        first: Draft,
        number: int,
        rules: Sequence[Rule],
        critique: Reply,
        revised: Reply | None,
        weights: dict[tuple[str, str], Weighed],
    ) -> Revision:
        base = Revision(
            prompt_id=draft.prompt.id,
            index=draft.index,
            round=number,
            rules=tuple(rule.id for rule in rules),
            before=draft.text,
            critique=critique.text,
            why=critique.why if revised is None else revised.why,
            critic=self.critic,
            seed=self.seed,
        )
        if revised is None or not revised.text:
            return base
        asked, after = draft.prompt.text, revised.text
        was, now = weights[asked, draft.text], weights[asked, after]
        why = ""
        for before in dict.fromkeys((draft.text, first.text)):  # small losses of several rounds may not add up
            why = why or loses(self.given, self.policy, (asked, before), after, rules, weights[asked, before], now)
        return base.model_copy(
            update={
                "after": after,
                "kept": not why,
                "why": why,
                "scores": {name: (now.judged.values[name], was.judged.values[name]) for name in now.judged.values},
                "earned": (now.judged.total, was.judged.total),
                "breaks": (now.broken, was.broken),
            }
        )


def _as_read(reply: Answer, prompt: Prompt) -> Answer:
    """The reply, or none where who gave it says that it read fewer tokens than the question can have."""
    letters = letters_of(prompt)
    if not unread(letters, reply):
        return reply
    why = f"it read {reply.prompt_tokens} tokens of a question of {letters} letters"
    return reply.model_copy(update={"text": "", "outcome": "not answered", "why": why})
