"""What several people said of the same items: agreement, consistency, gold items, likely truths, strengths, shares, and
what to ask next. Plain values in; figures, and sentences of them, out."""

from .agreement import Agreement, agreement, agreement_needed, kappa_between
from .consistency import Consistency, Shown, SideBias, consistency, side_bias
from .flags import ReviewerErrors, Truths, likely_truths
from .gold import Gold, gold
from .queue import RIGHT, Queued, Waiting, fair_sample, queue, why_first, worth
from .rankings import Ranked, RankingAgreement, ranking_agreement
from .said import Said
from .share import PeopleShare, people_share, share_needed
from .strength import Compared, Strengths, strengths

__all__ = [
    "RIGHT",
    "Agreement",
    "Compared",
    "Consistency",
    "Gold",
    "PeopleShare",
    "Queued",
    "Ranked",
    "RankingAgreement",
    "ReviewerErrors",
    "Said",
    "Shown",
    "SideBias",
    "Strengths",
    "Truths",
    "Waiting",
    "agreement",
    "agreement_needed",
    "consistency",
    "fair_sample",
    "gold",
    "kappa_between",
    "likely_truths",
    "people_share",
    "queue",
    "ranking_agreement",
    "share_needed",
    "side_bias",
    "strengths",
    "why_first",
    "worth",
]
