"""One adapter for all regions, or one a region: a table of rules that can be read line by line.

As in `engine`: rules of EXCLUDING rule layouts out, of DECIDING the first whose layout is left settles it, and those of
SUPPORTING are told beside it. A model's answer can keep two regions' rules only where they can both be kept: where the
packs conflict, something must tell it which region asks, and the surest is another adapter.
"""

from collections.abc import Callable, Iterator

from ..data import read_prompts
from ..models import weights_gib
from ..packs import check_packs
from ..records import Force, Layout, RegionFacts, RegionReason, RegionsAdvice, RegionsCase
from ..spec import LoadedRegions, LoadedSpec, is_pack, load_pack
from .read import parameters_in, read_case
from .thresholds import LEAST, own_pairs

_OURS = "this project's checker of packs (docs/packs.md)"
_LEAST = "thresholds.LEAST: 84 demonstrations and 96 comparisons were enough for smollm2-135m; half of that"
_MATRIX = "the matrix shows which it is (docs/regions.md)"
CONFLICTS = frozenset({"duty-and-ban", "contradictory-requirements", "incomparable-parameters"})
"""Findings between two packs that one model cannot keep both of."""
_NAMED = 3
LAYOUTS: dict[Layout, str] = {
    "one": "one adapter for all regions",
    "several": "an adapter a region",
    "collect": "data, rules or routing first",
}
"""What each layout is called."""
Rule = Callable[[RegionsCase], RegionReason | None]


def conflicting(case: RegionsCase) -> RegionReason | None:
    """What two regions want that cannot both be had on one prompt."""
    if not case.conflicts:
        return None
    some = "; ".join(" and ".join(each.rows) for each in case.conflicts[:_NAMED])
    more = f" and {len(case.conflicts) - _NAMED} more" if len(case.conflicts) > _NAMED else ""
    fact = f"{len(case.conflicts)} pairs of rules cannot both be kept by one answer: {some}{more}"
    return _made(fact, len(case.conflicts), "several", _OURS, "excludes", "one")


def too_little(case: RegionsCase) -> RegionReason | None:
    """A region without enough comparisons has no adapter of its own."""
    thin = [each for each in case.regions if each.comparisons < LEAST]
    if not thin:
        return None
    told = ", ".join(f"{each.name} has {each.comparisons:,}" for each in thin)
    fact = f"an adapter of its own takes {LEAST} comparisons, and {told}"
    favours: Layout = "one" if not case.conflicts and _all(case) >= LEAST else "collect"
    return _made(fact, min(each.comparisons for each in thin), favours, _LEAST, "excludes", "several")


def no_routing(case: RegionsCase) -> RegionReason | None:
    """What cannot choose an adapter by region serves one."""
    if case.routes is not False:
        return None
    favours: Layout = "collect" if case.conflicts else "one"
    fact = "what serves the model cannot choose an adapter by region"
    return _made(fact, 0, favours, "as said", "excludes", "several")


def nothing(case: RegionsCase) -> RegionReason | None:
    """One adapter needs data as well."""
    count = _all(case)
    if count >= LEAST:
        return None
    fact = f"{count:,} comparisons in all, and {LEAST} are worth a try"
    return _made(fact, count, "collect", _LEAST, "excludes", "one")


def keep_apart(case: RegionsCase) -> RegionReason | None:
    """Conflicts are kept apart by adapters."""
    if not case.conflicts:
        return None
    fact = "regions conflict, and an adapter a region keeps them apart without a word in the prompt"
    return _made(fact, len(case.conflicts), "several", _OURS, "decides")


def together(case: RegionsCase) -> RegionReason | None:
    """Without a conflict one adapter can keep all rules, and is the cheaper."""
    fact = "no two rules of two regions are found that one answer cannot keep both of, and one adapter is trained once"
    return _made(fact, 0, "one", _OURS, "decides")


def settle_first(case: RegionsCase) -> RegionReason | None:
    """What neither layout can do."""
    fact = "neither layout can keep these rules with this data and this way of serving"
    return _made(fact, len(case.conflicts), "collect", _OURS, "decides")


def permissions(case: RegionsCase) -> RegionReason | None:
    """What one permits and another forbids can be kept by one model that leaves it."""
    if not case.permitted:
        return None
    fact = f"{case.permitted} rules forbid what another region permits: one adapter keeps them by never doing it"
    return _made(fact, case.permitted, "several", _OURS)


def shared_first(case: RegionsCase) -> RegionReason | None:
    """What is of no region is trained once."""
    if case.shared < LEAST:
        return None
    fact = f"{case.shared:,} comparisons are of no region: trained once, to a shared adapter that all others sit on"
    return _made(fact, case.shared, "several", _LEAST)


def uneven(case: RegionsCase) -> RegionReason | None:
    """In one adapter the region with most data speaks loudest."""
    counts = [each.comparisons for each in case.regions]
    if min(counts) == 0 or max(counts) < 2 * min(counts):
        return None
    fact = f"regions have {min(counts):,} to {max(counts):,} comparisons: in one adapter the largest speaks loudest"
    return _made(fact, max(counts) / min(counts), "several", _MATRIX)


def cost(case: RegionsCase) -> RegionReason | None:
    """What several adapters cost beside one."""
    count = len(case.regions)
    fact = f"{count} adapters are {count} trainings, and {count} to route to, release and watch, where one is one"
    if case.parameters is not None:
        whole = weights_gib(case.parameters)
        fact += (
            f"; a server that takes adapters holds the model once ({whole:.3g} GiB in bf16), one that does not holds "
            f"{count} models ({count * whole:.3g} GiB)"
        )
    return _made(fact, count, "one", "trimtab.models.weights_gib; docs/regions.md")


def leaks(case: RegionsCase) -> RegionReason | None:
    """One adapter cannot know where it is asked."""
    fact = (
        "one adapter shows each region's way in all of them unless the prompt names the region; whether it does is "
        "what `merged: true` measures"
    )
    return _made(fact, len(case.regions), "several", _MATRIX)


EXCLUDING: tuple[Rule, ...] = (conflicting, too_little, no_routing, nothing)
DECIDING: tuple[Rule, ...] = (keep_apart, together, settle_first)
SUPPORTING: tuple[Rule, ...] = (shared_first, uneven, permissions, leaks, cost)


def decide_regions(case: RegionsCase) -> RegionsAdvice:
    """The layout with its reasons, and what would change it. The same case gives the same advice."""
    layout, reasons = _decided(case)
    return RegionsAdvice(layout=layout, reasons=reasons, would_change=tuple(_changes(case, layout)))


def read_regions_case(loaded: LoadedRegions, *, routes: bool | None = None) -> RegionsCase:
    """The facts of a spec of several regions. Raises UserError where a pack or a file of feedback cannot be read."""
    files = [each.rules_file(each.spec.policy) for each in loaded.regions.values() if each.spec.policy is not None]
    found = check_packs([load_pack(file) for file in files if is_pack(file)])
    return RegionsCase(
        regions=tuple(
            RegionFacts(
                name=name,
                comparisons=_comparisons(each),
                prompts=len(read_prompts(each.path(each.spec.prompts.train))),
                rules=len(each.policy.rules) if each.policy is not None else 0,
            )
            for name, each in loaded.regions.items()
        ),
        conflicts=tuple(each for each in found if each.id in CONFLICTS and each.severity == "warn"),
        permitted=sum(each.id == "permitted-elsewhere" for each in found),
        shared=_comparisons(loaded.shared) if loaded.shared is not None else 0,
        routes=routes,
        parameters=parameters_in(loaded.spec.model.name),
    )


def _comparisons(loaded: LoadedSpec) -> int:
    """Comparisons that a region's feedback holds or will make."""
    case = read_case(loaded).case
    return max(case.pairs, own_pairs(case))


def _decided(case: RegionsCase) -> tuple[Layout, tuple[RegionReason, ...]]:
    found = [reason for rule in (*EXCLUDING, *DECIDING, *SUPPORTING) if (reason := rule(case)) is not None]
    out = {layout for each in found if each.force == "excludes" for layout in each.against}
    decided = next(each for each in found if each.force == "decides" and each.favours not in out)
    rank = {"excludes": 0, "supports": 1, "decides": 2}
    rest = [each for each in found if each.force != "decides"]
    return decided.favours, (decided, *sorted(rest, key=lambda each: rank[each.force]))


def _changes(case: RegionsCase, layout: Layout) -> Iterator[str]:
    """Each fact set to another plausible value, by itself."""
    enough = tuple(each.model_copy(update={"comparisons": max(LEAST, each.comparisons)}) for each in case.regions)
    tries = (
        ("were what serves the model unable to choose an adapter by region", {"routes": False}),
        ("could what serves the model choose an adapter by region", {"routes": True}),
        ("were no rules in conflict", {"conflicts": ()}),
        (f"had every region {LEAST} comparisons", {"regions": enough}),
    )
    for told, facts in tries:
        other, _ = _decided(case.model_copy(update=facts))
        if other != layout:
            yield f"{told}, it would be {LAYOUTS[other]}"


def _all(case: RegionsCase) -> int:
    return case.shared + sum(each.comparisons for each in case.regions)


def _made(
    fact: str, figure: float, favours: Layout, source: str, force: Force = "supports", *against: Layout
) -> RegionReason:
    return RegionReason(fact=fact, figure=figure, favours=favours, source=source, force=force, against=against)
