// Stretches of an answer: a rule that one breaks, or a claim and whether it is true. Arrows move by a word or a
// sentence, with Shift they stretch; places are counted in code points, as the server counts them.

import { make } from "./dom.js";

const VERDICTS = [["t", "true", "True"], ["f", "false", "False"], ["n", "unsupported", "Unsupported"]];

export function mount({ card, task, host, text, submit, changed, refuse }) {
  const flags = task.kind === "flag";
  const words = wordsOf(card.answers[0].text);
  if (words.length === 0) return { actions: () => [nothing(flags, submit)], save: null };
  const marked = [];
  let [anchor, focus, stretching] = [0, 0, false];
  const list = make("ol", { class: "marked", "aria-label": flags ? "Flagged" : "Claims" });
  const told = make("p", { class: "quiet", role: "status" });
  host.append(told, list);
  text.replaceChildren(...words.flatMap((word, place) => {
    word.element = make("span", { class: "word", onclick: (event) => move(place, event.shiftKey || stretching) }, word.text);
    return [word.element, word.gap];
  }));

  const bounds = () => [Math.min(anchor, focus), Math.max(anchor, focus)];
  function move(place, stretch) {
    focus = Math.max(0, Math.min(words.length - 1, place));
    if (!stretch) anchor = focus;
    draw();
    words[focus].element.scrollIntoView({ block: "nearest" });
  }
  function bySentence(step, stretch) {
    const [first, last] = bounds();
    const starts = words.map((word, place) => (word.begins ? place : -1)).filter((place) => place >= 0);
    const from = step > 0 ? starts.find((place) => place > last) : starts.filter((place) => place < first).at(-1);
    if (from === undefined && !stretch) return;
    const start = from ?? first;
    const end = (starts.find((place) => place > start) ?? words.length) - 1;
    if (!stretch) anchor = start;
    focus = step > 0 || !stretch ? end : start;
    draw();
    words[focus].element.scrollIntoView({ block: "nearest" });
  }
  function span() {
    const [first, last] = bounds();
    const start = words[first].start;
    const end = words[last].end;
    return { start, end, quote: Array.from(card.answers[0].text).slice(start, end).join("") };
  }
  function draw() {
    const [first, last] = bounds();
    words.forEach((word, place) => {
      word.element.classList.toggle("chosen", place >= first && place <= last);
      word.element.classList.toggle("flagged", marked.some((each) => each.start < word.end && each.end > word.start));
    });
    told.textContent = `Chosen: ${span().quote}`;
    changed();
  }
  function mark(what, label) {
    const given = { ...span(), ...what };
    const field = make("textarea", { rows: 1, maxLength: 20000, "aria-label": `${flags ? "Note" : "Source"} for ${given.quote.slice(0, 40)}`, placeholder: flags ? "Note" : "Source" });
    const row = make("li", {}, make("b", {}, label), " ", make("q", {}, given.quote), " ",
      make("button", { type: "button", onclick: () => drop(given) }, "Remove"), field);
    list.append(row);
    marked.push(Object.assign(given, { row, field }));
    draw();
  }
  function drop(given) {
    if (!given) return;
    marked.splice(marked.indexOf(given), 1);
    given.row.remove();
    draw();
  }
  function save() {
    const given = marked.map(({ row, field, ...rest }) => ({ ...rest, [flags ? "note" : "source"]: field.value.trim() }));
    submit(flags ? { kind: "flag", flags: given } : { kind: "claims", claims: given });
  }
  const kinds = flags
    ? task.rules.map((rule, place) => ({ key: place < 9 ? String(place + 1) : "", label: rule.id, group: "rule", run: () => mark({ rule: rule.id }, rule.id) }))
    : VERDICTS.map(([key, verdict, label]) => ({ key, label, group: "rule", run: () => mark({ verdict }, label) }));
  const actions = () => [
    ...kinds,
    { key: "Enter", label: marked.length ? "Save" : flags ? "Nothing to flag" : "No claim in it", group: "main", run: save },
    { key: "ArrowRight", label: "Next word", hidden: true, run: () => move(bounds()[1] + 1, false) },
    { key: "ArrowLeft", label: "Word before", hidden: true, run: () => move(bounds()[0] - 1, false) },
    { key: "ArrowDown", label: "Next sentence", hidden: true, run: () => bySentence(1, false) },
    { key: "ArrowUp", label: "Sentence before", hidden: true, run: () => bySentence(-1, false) },
    { key: "Shift+ArrowRight", label: "Stretch by a word", hidden: true, run: () => move(focus + 1, true) },
    { key: "Shift+ArrowLeft", label: "Shrink by a word", hidden: true, run: () => move(focus - 1, true) },
    { key: "Shift+ArrowDown", label: "Stretch by a sentence", hidden: true, run: () => bySentence(1, true) },
    { key: "m", label: "Tap to stretch", pressed: stretching, run: () => { stretching = !stretching; changed(); } },
    { key: "o", label: flags ? "Note on the last" : "Source of the last", off: !marked.length, run: () => marked.at(-1)?.field.focus() },
    { key: "d", label: "Remove the last", off: !marked.length, run: () => drop(marked.at(-1)) },
  ];
  draw();
  return { actions, save };
}

/** What is left to be said of an answer without words. */
function nothing(flags, submit) {
  const said = flags ? { kind: "flag", flags: [] } : { kind: "claims", claims: [] };
  return { key: "Enter", label: flags ? "Nothing to flag" : "No claim in it", group: "main", run: () => submit(said) };
}

/** Words with their places in code points, the blanks after them, and whether a sentence begins there. */
function wordsOf(text) {
  const found = [];
  let begins = true;
  for (const match of text.matchAll(/(\S+)(\s*)/gu)) {
    const start = Array.from(text.slice(0, match.index)).length;
    found.push({ text: match[1], gap: match[2], start, end: start + Array.from(match[1]).length, begins });
    begins = /[.!?。！？…]["'”’)\]]*$/u.test(match[1]) || match[2].includes("\n");
  }
  return found;
}
