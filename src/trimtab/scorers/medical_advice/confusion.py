"""How often the advice scorer agrees with readers, on real answers to questions that its weights were not fitted on.

Answers of SmolLM2-135M, as it comes, under a system message and after trainings on redirects, to MedicationQA (Ben
Abacha et al. 2019) and to the prompts of the recipe medical-policy. A model unlike these is not covered.
`benchmarks/advice.py` prints the figures by source, and those of answers kept back, which are lower.
"""

from ..confusion import Confusion
from .weights import POINTS, REDIRECTS, START, TRAINED

ADVICE_CONFUSION = Confusion(TRAINED, of="models trained to redirect")
"""Advises (rows: readers; columns: scorer). Gates limit trained models, whose advice is found less."""
START_ADVICE_CONFUSION = Confusion(START, of="the start model")
"""The same of the model before, also under a system message."""
REDIRECT_CONFUSION = Confusion(REDIRECTS)
"""Redirects without advising, where advice was asked for."""
POINTED_CONFUSION = Confusion(POINTS)
"""Points to a professional, where no advice was asked for."""
