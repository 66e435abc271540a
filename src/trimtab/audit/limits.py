"""Where a finding starts, all in one place. A limit is held against the interval's bound, never the estimate, so that
few rows do not cry wolf. Shares are of comparisons, unless they say otherwise."""

CONFIDENCE = 0.95
"""Of each interval, two-sided, as everywhere in this project."""

LONGER = 0.60
"""Chosen is the longer side. Careful people prefer the longer of two answers in 50 to 60 % of pairs (Singhal et al.
2023 find that most of a reward model's gain is length where it is more)."""

REFUSES = 0.02
"""Chosen refuses a harmless prompt and rejected answers it. The scorer errs on some answers, equally on both sides; so
the refusing side must also be the chosen one in most such pairs."""
REFUSES_ANYWAY = 0.10
"""Where the chosen side refuses more often than this, the reverse may be as common: data with both sides of a line has
refusals on the rejected side by design, and the scorer does not err as often."""
APART = 0.15
"""By how much an annotator's rate differs from the others': a sixth of the labels is taste that no rubric explains."""
ANNOTATOR_ROWS = 20
"""Fewer labels than this say nothing about an annotator."""
DRIFT, DRIFT_P = 0.10, 0.01
"""By how much a judge's habit surely changes within the rows, and the chance that any does in data where none does."""
DRIFT_ROWS = 30
"""Labels on either side of a change, at least: of fewer a rate is not known to within APART."""
AGAINST_CHANCE = 0.5
"""An annotator who disagrees with the others in more than half of shared pairs has read the question the other way."""

ALPHA = 0.4
"""Krippendorff's alpha. Two annotators of preferences who agree on 70 % of pairs reach 0.4; Krippendorff (2004)
draws no
conclusion at all below 0.667, which preference data rarely reaches."""
REPEATED_PAIRS = 20
"""Fewer pairs with several judgements bear no interval worth the name."""

NOISE = 0.05
"""Flipped labels. DPO's loss assumes none; what 5 % do to it is hard to see (Chowdhury et al. 2024)."""
NOISE_BLOCK = 0.30
"""From here up, what is left to learn is less than what is wrong."""
LEARNED = 0.60
"""Labels that the classifier must foretell at least: one that learned nothing has errors at any margin, flips or
none."""
KNOWN = 0.80
"""Labels not flipped that it must foretell, by the fit: a shallow classifier that often errs of itself finds "flips" in
every taste that it cannot follow."""
CONTRADICTORY, CONTRADICTORY_BLOCK = 0.01, 0.10
"""Both directions of one pair, or a cycle: their gradients cancel. One in a hundred is an accident of collecting,
one in
ten is not."""
RULE_CONFLICT = 0.01
"""Rows on which two rules contradict each other, of those that rules decided: as for CONTRADICTORY, an accident up to
here. It never blocks: which rule comes first is for people to say."""
RULE_ROWS, NEAR_RULE_ROWS = 50, 8
"""Rows of one prompt that are held against each other (1,225 pairs), and against those of a prompt nearly the same, of
which there may be hundreds."""
COPIES = 0.01
"""Duplicates and near-duplicates: a row seen twice counts twice, and splits leak."""
TRUNCATED = 0.05
"""Answers that break off (without a tokenizer), or lose tokens at `max_length` (with one)."""
TRUNCATED_BLOCK = 0.01
"""Pairs whose sides are equal or empty after cutting: they teach nothing, and TRL trains on them without a word."""
PILED = 0.30
"""Of the answers that break off, this share has one length, within LENGTH_WIDTH, and PILED_TIMES that of others."""
PILED_TIMES = 2.0
LENGTH_WIDTH = 0.05
MARKERS, MARKERS_BLOCK = 0.005, 0.05
"""Rows with a template's marker in an answer. A few rows may quote one; one in twenty teaches the model to say it."""
SHORTCUT = 0.70
"""Pairs that a classifier of form, or of origin, tells apart. Preferences have some form in them; at 0.7 form explains
more than people agree on."""
OFF_POLICY = 1.0
"""Nats a token by which the model's surprise at an answer exceeds its own entropy: at 0 the text is its own."""
CONTAMINATED, CONTAMINATED_BLOCK = 0.005, 0.10
"""Items of one benchmark that stand among the prompts: above the first its figure moves, above the second it is
void."""
PERSONAL = 0.002
"""Rows with an address, a number or an account of a person: any is too many to ship, and a few are false alarms."""
TOXIC, TOXIC_BLOCK = 0.02, 0.20
"""Chosen answers that read as toxic. The scorer calls about one benign answer in a hundred toxic."""
DOMINANT = 0.80
"""One kind of prompt, or one of several judges, has this share of the rows."""
DOMINANT_PROMPT = 0.10
"""One single prompt has this share."""
DOMINANT_TOPIC = 0.50
"""One content word stands in this share of the prompts."""

EMPTY = 0.05
"""Chosen says less than rejected of what was asked. The scorers err on one answer in ten, but as often on either side,
and most of such pairs must be of this kind."""
HELPS_LESS = 0.05
"""By how much help, or the share of points made, is lower on the chosen side: what a gate on help allows a model."""
SAYS_LESS = 0.03
"""By how much more the chosen side only echoes the question, or is pleasantries. Training exaggerates what a preference
leans to: a lean of a tenth teaches a model to echo throughout (`benchmarks/gamed_rubric.py`)."""
PAYS = 0.0
"""A criterion pays for the preference where its marks rise at all: which of them pays most is told beside it."""

CLASSIFIER_ROWS = 60
"""Fewer comparisons teach a classifier nothing."""

READ = 50_000
"""Characters of a text that scorers and classifiers read, some 8,000 words: one row of megabytes would else take longer
than all others together. Copies, markers, personal data and lengths are looked for in whole texts."""

SAMPLE = {
    "refusal": 5000,
    "toxicity": 1000,
    "help": 1000,
    "classifier": 10_000,
    "topic": 20_000,
    "model": 64,
    "template": 200,
}
"""Rows that the expensive checks look at, drawn with the seed: rates are then known to within a point or three."""

ONE_SIDED = 0.05
"""By how much oftener one side has a thought, a call of a tool or further turns than the other, or the chosen side is
nothing but a thought. It tells the sides apart in every such row, so that a few per cent teach to have it, or not to,
whatever the answers say; where either side has it alone as often, it teaches neither."""
