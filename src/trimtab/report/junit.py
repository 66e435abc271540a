"""A verdict as JUnit XML, which build servers read: a test case a gate."""

from xml.etree import ElementTree

from ..records import Verdict

_CLASS = "trimtab.gates"


def render_junit(name: str, verdict: Verdict) -> str:
    """The suite of that name: a gate that regressed is a failure, one that is undecided an error. Ends in a newline."""
    decisions = [gate.verdict for gate in verdict.gates]
    suite = ElementTree.Element(
        "testsuite",
        name=name,
        tests=str(len(decisions)),
        failures=str(decisions.count("regress")),
        errors=str(decisions.count("undecided")),
    )
    for gate in verdict.gates:
        case = ElementTree.SubElement(suite, "testcase", classname=_CLASS, name=gate.rule)
        if gate.low is None:
            figure = "not judged"
        else:
            figure = f"{'?' if gate.figure is None else format(gate.figure, '.4g')} [{gate.low:.4g}, {gate.high:.4g}]"
        facts = f"{gate.metric}: {figure}, limit {gate.limit:.4g}, n={gate.n}, not judged={gate.missing}"
        if gate.missing:
            facts += f". {gate.missing_told}"
        if gate.verdict == "pass":
            ElementTree.SubElement(case, "system-out").text = facts
        else:
            kind = "failure" if gate.verdict == "regress" else "error"
            ElementTree.SubElement(case, kind, type=gate.verdict, message=gate.summary).text = facts
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
