"""What the judges of a run may cost together, and each source's own, over rounds and over tries."""

from dataclasses import dataclass, field

from ..errors import UserError, option
from ..spec import AskedModelSpec, LoadedSpec, Spec


@dataclass
class RunBudget:
    """`limit` is what all may cost; None is no limit. What finished stages cost is told by `paid`, in their order."""

    limit: float | None = None
    _paid: dict[str, float] = field(default_factory=dict)

    def left(self, source: str, own: float | None) -> float | None:
        """What a source, by the name of its stage, may still cost, whose own limit is `own`; None is no limit."""
        limits = []
        if own is not None:
            limits.append(own - self._paid.get(source, 0.0))
        if self.limit is not None:
            limits.append(self.limit - sum(self._paid.values()))
        return max(0.0, min(limits)) if limits else None

    def paid(self, source: str, cost: float | None) -> None:
        """What a stage of a source came to."""
        self._paid[source] = self._paid.get(source, 0.0) + (cost or 0.0)


def asked_models(spec: Spec) -> list[AskedModelSpec]:
    """Who judges or criticises by a constitution, each once."""
    ruled = (each.constitution for each in spec.feedback.sources if each.constitution is not None)
    judges = (each.judge for each in ruled if not each.judge.by_checks)
    critics = (each.critique.critic for each in spec.feedback.sources if each.critique is not None)
    return list(dict.fromkeys((*judges, *critics)))


def demand_prices(loaded: LoadedSpec, max_cost: float | None) -> None:
    """Raises UserError where a run is to cost no more than that, and nobody knows what a judge of it costs."""
    if max_cost is None:
        return
    paid = [each for each in asked_models(loaded.spec) if each.url is not None]
    if not max_cost > 0 or not paid or any(each.prices is None for each in paid):
        why = (
            "A limit is a figure above 0."
            if not max_cost > 0
            else "No judge or critic of the spec's feedback is behind a server."
        )
        if max_cost > 0 and paid:
            why = "A judge or critic of the spec's feedback has no `prices`, so that nobody can tell what it costs."
        raise UserError(
            f"{option('max_cost', f'{max_cost:g}')} is given.",
            why,
            "Give `prices: [IN, OUT]` of a million tokens under its `judge` or `critic`, or leave the limit out.",
        )
