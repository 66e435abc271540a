"""Turns of phrase that the toxicity scorer looks for: in the text, in its plain words, in the roles that words play.

Patterns of roles are written over a letter for each word (toxicity_words.toml): "I will find and kill you" reads
"iw..hu", which THREAT finds.
"""

import re

from .words import INSULTS

HARMLESS = re.compile(
    r"\bDick (?=[A-Z][a-z])|(?i:\b(?:cocks? (?:crow\w*|and hens?)|(?:moby|uncle|philip k\.) dick"
    r"|pussy[ -]?(?:cats?|willows?)|(?:blue|great|coal|marsh) tits?|(?:wild|pack) ass(?:es)?"
    r"|bloody (?:mary|nose|diarrh\w+)|hate (?:crimes?|speech)|dumb (?:terminals?|waiters?|bells?|luck)|to die for"
    r"|dying to|died laughing|killed it|killing it|killing me|(?:belly|body|low|full)[ -]fat"
    r"|fat[ -](?:loss|free|cells?)|(?:los\w+|burn\w*|turn into) fat|(?:motion|sea|air|car|travel)[ -]?sick\w*"
    r"|sick (?:leave|days?|of waiting)|shallow (?:water|end|breath\w*)"
    r"|spastic (?:paraplegia|diplegia|colon|bladder)|prick(?:ed|s)? (?:your|my|his|her|a|the) (?:finger|thumb|skin)"
    r"|could (?:murder|kill for) an?|dead (?:wood|line|end|sea))\b)"
)
"""What only sounds toxic; it is taken out."""
NEGATED = re.compile(
    r"(\b(?:not|never)|n['’]t)((?: think| say| mean| believe| that| (?:you|he|she|they|we|i|it)(?:['’]re| are|['’]s"
    r"| is|['’]m)?"
    rf"| called?| be| been| an?| the| so| really| all| as){{0,5}}) (?:{INSULTS})\b",
    re.IGNORECASE,
)
"""A slight that is denied ("you are not stupid"); the slight is taken out."""
MEDICAL = re.compile(
    r"\b(?:cancers?|doctors?|patients?|symptoms?|screening|exam|examination|diagnos\w+|treatments?|therapy"
    r"|infections?|health\w*|medical|medicine|clinic\w*|hospital|nurses?|surge\w+|diseases?|education|transmitted"
    r"|pregnan\w+|urine|hormones?|menopause|anatomy|dryness|lumps?|fissures?|urgent|trial|procedure|circumcision"
    r"|biolog\w+|labour|desire)\b"
)
"""Plain words that make a naming of body parts clinical."""
IDIOM = re.compile(
    r"\b(?:watch your back|know where (?:you|he|she|they) (?:live|sleep)s?|com(?:e|ing) for (?:you|him|her|them)\b"
    r"|(?:put|end up|dump)\w* (?:\w+ )?(?:six feet under|in (?:the|a) (?:ground|grave|river|ditch))"
    r"|bullet (?:in|through|between)|lined up and shot|from a lamp ?post|dead (?:man|meat)|sleep with one eye"
    r"|mak(?:e|ing) (?:you|him|her|them) (?:pay|suffer|regret|bleed|beg|wish)|until (?:you|he|she|they) (?:beg|bleed)s?"
    r"|you (?:will|are going to) (?:all )?(?:regret|pay for (?:this|that|what)|not wake|never wake|not live|be sorry"
    r"|be dead|bleed|burn (?:for|in)|suffer|die)"
    r"|(?:you|he|she|they) never (?:walk|breathe|speak|see) again|(?:your|his|her|their) days are numbered"
    r"|your life hell"
    r"|(?:smash|kick|punch|bash|break|rip|slit|cut|blow) (?:every \w+ in )?(?:your|his|her|their) (?:head|face|skull"
    r"|neck|throat|teeth|bones?|body|legs?|arms?|knees?|brains?|ass)|burn (?:down )?(?:your|his|her|their) (?:house"
    r"|home|family|car|village|church|mosque|shop)|hunt (?:you|him|her|them) down|bring a (?:knife|gun)|gut you"
    r"|blow (?:you|them|him|her) up)\b"
)
"""Threats that name no deed."""
DEATH_WISH = re.compile(
    r"\b(?:kill (?:your|ur)sel(?:f|ves)|kys|hang yourself|drop dead|go (?:and )?die|should (?:all )?just die"
    r"|die already|die in a|hope (?:you|he|she|they) (?:all )?(?:dies?|rots?|burns?|suffers?|fails?)|rot in hell"
    r"|better off (?:dead|without you)|hope (?:someone|somebody) (?:shoots|kills|hurts|beats|rapes|stabs|burns)"
    r"|(?:no ?one|nobody) would miss you|end your life|world would be (?:happier|better))\b"
)
"""Wishes that someone were dead or failed."""
CONTEMPT = re.compile(
    r"\b(?:waste of (?:space|air|breath|oxygen|skin)|nobody (?:likes|loves|wants|cares about) (?:you|him|her)"
    r"|brains? of an?|no brains?|half a brain|ashamed of (?:you|such)|joke of a|shut (?:up|your|ya)|get lost"
    r"|laugh\w* at you|behind your back|as \w+ as (?:you|a (?:rock|brick|post|stump))\b"
    r"|you (?:disgust|sicken|repulse)|(?:smell|look|act|sound|stink)s? like an? (?:pig|rat|sewer|dog|cow|monkey|ape"
    r"|whale|clown|toad|troll|corpse)|no wonder (?:your|you)|no ?one (?:asked for your|cares|likes)|insult to"
    r"|so (?:dense|dumb|stupid|arrogant)|go to hell|screw you|sick of you|amount to anything|someone like you"
    r"|under your rock|wrong with you|good for nothing|(?:poor|sorry) excuse for|of use to anyone|useless)\b"
)
"""Contempt without a word of abuse."""
EXCLUSION = re.compile(
    r"\b(?:(?:do|does) not belong|(?:go|get) back (?:to (?:your|their|the|africa|asia|mexico|china|india)|where)"
    r"|back (?:to )?where (?:they|you|she|he) c[ao]me|sen[dt] (?:all )?(?:the |these |those )?\w+ (?:back|home)"
    r"|get rid of|control(?:s)? (?:everything|the (?:media|banks|world))|nothing but|every last|they all"
    r"|can ?not be trusted|never trust|spread(?:s|ing)? disease|breed(?:s|ing)?\b|tak(?:e|ing) over|invad\w+"
    r"|kept? away from|an? (?:disease|plague|cancer|burden|stain)|against nature"
    r"|should not (?:be allowed|have|vote|exist)|no decent|not (?:even |really )?human|less than human|subhuman"
    r"|should (?:all )?be (?:deported|expelled|locked up|sterili[sz]ed|wiped out|put in camps)"
    r"|(?:those|these|they|you) (?:people )?are (?:all )?(?:just )?(?:animals|savages|vermin|parasites|filth)"
    r"|people like (?:you|them|that)|(?:your|their) kind|inferior|master race"
    r"|(?:are|is) (?:ruining|destroying|poisoning)|out of (?:our|this|my) (?:country|town|land)|own country"
    r"|belong in the (?:kitchen|home)|in the kitchen|ought to be banned|to be allowed to|disgrace to)\b"
)
"""Said of people: that they are one evil, or should be gone."""
THREAT = re.compile(
    r"iw[^nt]{0,6}h[^nt]{0,4}[upgq]|w[^ntu]{0,5}h[^nt]{0,4}[upg]|[upqg][^n]{0,3}m[^nt]{0,5}[kh]|[uq]w[^n]{0,2}b?[^n]?k"
)
"""I will hurt you; you should be hurt; you will be dead."""
ORDER = re.compile(r"^[^nuiqpt]{0,2}h[^nt]{0,2}[upg]")
"""Hurt them!"""
AIMED = re.compile(r"u[^nipqg]{0,2}b[^nipqg]{0,4}a|a[^nbi]?u|u[^nbip]?a")
"""You are an abuse; you abuse."""
TOLD_OF = re.compile(r"[qp][^niu]{0,2}b[^niu]{0,4}a")
"""They are an abuse."""
GROUP_ATTACK = re.compile(r"g[^niu]{0,3}b[^niu]{0,4}a|g.{0,3}m[^n]{0,3}[ekh]|ag|r[^n]{0,3}g|v[^n]{0,3}g")
"""A group is an abuse, should be gone or hurt; is hated."""
