"""Who compares answers by a constitution: the run's own model, another in this process, or one behind a server."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ...judges import Asks, Prices, RuleJudge, tells_letters
from ...models import Endpoint
from ...records import Labels
from ...spec import AskedModelSpec, RuleJudgeSpec
from ...store import digest

if TYPE_CHECKING:
    from ..stages.session import Session


@dataclass(frozen=True)
class WhoJudges:
    """A judge's name, a hash of which model it is, and how it is opened; a model is loaded only then, and once."""

    name: str
    weights: str
    open: Callable[[], Asks]

    @cached_property
    def chat(self) -> Asks:
        """The judge, opened."""
        return self.open()


def who_judges(session: "Session", given: AskedModelSpec) -> WhoJudges:
    """The judge that a spec names. In later rounds "the model itself" is still the one that the run started from."""
    if given.url is not None:
        assert given.model is not None
        there = Endpoint(given.url, given.model, timeout=given.timeout, attempts=given.attempts, workers=given.workers)
        return WhoJudges(given.model, there.identity(), lambda: there)
    from ...models import LocalChat, ModelRef, identity, load

    if given.model is None:
        weights = digest([session.start_identity, session.precision])
        return WhoJudges(str(session.start), weights, lambda: LocalChat(session.model()))
    place = session.path(given.model)
    ref = ModelRef(str(place) if place.is_dir() else given.model)
    weights = digest([identity(ref, session.progress.say), session.precision])
    return WhoJudges(str(ref), weights, lambda: LocalChat(load(ref, session.precision, session.progress.say)))


def rule_judge(session: "Session", given: RuleJudgeSpec, who: WhoJudges) -> RuleJudge:
    """The judge with the labels that it can give: what `auto` came to is kept with the run."""

    def made(labels: Labels) -> RuleJudge:
        how = (given.votes, given.temperature, given.max_new_tokens)
        return RuleJudge(lambda: who.chat, who.name, who.weights, labels, *how, begins=given.url is None)

    def tried() -> str:
        can = tells_letters(made("log-probabilities"))
        told = "its probabilities of the two letters are read" if can else "it tells none of a letter: its words are"
        session.progress.say(f"the judge {who.name} was asked once: {told}")
        return "log-probabilities" if can else "votes"

    if given.labels != "auto":
        return made(given.labels)
    if given.votes > 1 or given.temperature > 0:
        return made("votes")
    found = session.run.resolve(f"labels of the judge {who.weights[:12]}", tried)
    return made("votes" if found == "votes" else "log-probabilities")


def prices_of(given: AskedModelSpec) -> Prices | None:
    """What its tokens cost, where the spec says so."""
    return None if given.prices is None else Prices(*given.prices)
