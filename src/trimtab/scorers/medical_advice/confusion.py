"""How often the advice scorer agrees with readers, on real answers kept back from whoever wrote its patterns.

296 answers of SmolLM2-135M, half of them before and half after a training on redirects, to 74 questions of MedicationQA
(Ben Abacha et al. 2019), and labels of blind readers. Its figures for the halves are in docs/evidence.md.
"""

from ..confusion import Confusion

ADVICE_CONFUSION = Confusion(((22, 19), (8, 247)))
"""Advises (rows: readers; columns: scorer)."""
REDIRECT_CONFUSION = Confusion(((75, 14), (19, 188)))
"""Redirects."""
