"""Make feedback: answers judged and compared, sources blended; and a summary of what they teach."""

from .blend import Blend, blend
from .by_checks import decided_by_checks
from .compare import JUDGE, Candidate, compare, judged_candidates, strongest
from .described import KindFigures, described
from .rank import rank
from .revising import (
    PROMPTS,
    Draft,
    Reply,
    critique_prompt,
    drawn_rules,
    probed_critique,
    read_critique,
    read_revision,
    revision_prompt,
)
from .ruled import FLIPPED, Decided, Paired, decided, paired
from .summary import summarise
from .weighing import Weighed, loses, notes_on_revisions, weighed

__all__ = [
    "FLIPPED",
    "JUDGE",
    "PROMPTS",
    "Blend",
    "Candidate",
    "Decided",
    "Draft",
    "KindFigures",
    "Paired",
    "Reply",
    "Weighed",
    "blend",
    "compare",
    "critique_prompt",
    "decided",
    "decided_by_checks",
    "described",
    "drawn_rules",
    "judged_candidates",
    "loses",
    "notes_on_revisions",
    "paired",
    "probed_critique",
    "rank",
    "read_critique",
    "read_revision",
    "revision_prompt",
    "strongest",
    "summarise",
    "weighed",
]
