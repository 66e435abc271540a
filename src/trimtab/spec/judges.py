"""The section of a spec that says where models may judge by themselves."""

from typing import Literal

from ..records import TrustLimits
from .base import Section


class JudgesSpec(Section):
    """What is known of the models that judge, and what they must keep (docs/judges.md).

    `calibrations` are files that `trimtab judge calibrate --out` wrote, relative to the spec's folder; `trust` are the
    limits. A model that is asked in words may decide training data, a reward or a gate only where they say so. Another
    stops the run, so that people judge first; with `untrusted: told` its verdicts are taken, and the report says so.
    """

    calibrations: tuple[str, ...] = ()
    trust: TrustLimits = TrustLimits()
    untrusted: Literal["stop", "told"] = "stop"
