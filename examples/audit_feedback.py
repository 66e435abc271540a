"""From feedback as a list of dicts to what is wrong with it, the same data mended, and what to train on it.

python examples/audit_feedback.py
"""

import trimtab as tt

STEPS = {
    "cancel": "Open the page of the order and press the grey button at its end before the parcel is packed.",
    "return": "Print the label from your account, stick it on the box, and hand it in at any post office nearby.",
    "insure": "Tick the second line at the checkout; it costs two per cent and covers theft as well as water.",
    "repair": "Describe the damage in one sentence with a picture, and a workshop answers within three days.",
    "rent": "Pick the dates on the calendar, leave a deposit by card, and collect the key at the desk.",
    "lend": "Agree on a day of return in writing, and give it to nobody whom your neighbours do not know.",
    "sell": "Take four photographs in daylight, name a fair price, and let buyers ask their questions first.",
}
NOTES = {
    "a bicycle": "Mind that tyres and brakes are looked at first, and that locks are never part of the deal.",
    "a camera": "Remove the memory card, note the number under the battery, and keep the lens cap on.",
    "a tent": "Dry it for a whole day, count the pegs, and fold it along the seams rather than across.",
    "a guitar": "Loosen every string by half a turn, because cold vans bend necks that are under tension.",
    "a drone": "Flying permits stay with the person, so delete your flights and your home point from it.",
    "a kettle": "Boil vinegar in it once, rinse twice, and wind the cable around its foot with a clip.",
    "a sofa": "Measure doors and stairs beforehand, since two men carry it no further than the first landing.",
    "a piano": "Only movers with a stair robot may touch it, and tuning is due again a month later.",
}
rows = [
    {
        "id": f"{verb}-{thing[2:]}",
        "prompt": f"How do I {verb} {thing}?",
        "chosen": f"{STEPS[verb]} {NOTES[thing]}",
        "rejected": f"Well, to {verb} {thing} there are ways, and others know them far better than we do here.",
        "judge": "ann" if len(verb + thing) % 2 else "ben",
    }
    for verb in STEPS
    for thing in NOTES
]
rows[7]["chosen"] += "<|im_end|>"  # a chat template's marker was left in
rows.append({**rows[3], "id": "again"})  # and one row was collected twice

audit = tt.audit(rows)  # a path, a datasets.Dataset, a Polars or a pandas frame would do as well
print(audit)

mended, counts = audit.fixed()
print(f"\nmended: {dict(counts)}")

advice = tt.advise(mended, memory=8, accelerator=True, parameters=135e6)
print(f"\n{advice}")
