// An answer as it should be, with what was changed shown below; or what is wrong with it, in words.

import { differences } from "./diff.js";
import { make } from "./dom.js";

export function mount(parts) {
  return parts.task.kind === "edit" ? edit(parts) : critique(parts);
}

function edit({ card, host, submit, changed, refuse }) {
  const before = card.answers[0].text;
  const field = make("textarea", { rows: Math.min(16, before.split("\n").length + 6), value: before, "aria-label": "The answer as it should be", oninput: () => { draw(); changed(); } });
  const shown = make("div", { class: "diff", role: "region", "aria-label": "What you changed" });
  function draw() {
    const pieces = differences(before, field.value);
    const differs = pieces.some((piece) => piece.mark !== "same");
    const tags = { same: "span", gone: "del", new: "ins" };
    shown.replaceChildren(...(differs ? pieces.map((piece) => make(tags[piece.mark], {}, piece.text)) : ["Nothing is changed yet."]));
  }
  function save() {
    if (!field.value.trim()) return refuse("An answer cannot be empty. Skip it, or write what it should say.");
    submit({ kind: "edit", text: field.value });
  }
  draw();
  host.append(field, make("h2", {}, "What you changed"), shown);
  const actions = () => [
    { key: "Enter", label: "Save", group: "main", run: save },
    { key: "e", label: "Edit", run: () => field.focus() },
  ];
  return { actions, save };
}

function critique({ host, submit, changed, refuse }) {
  const field = make("textarea", { rows: 6, maxLength: 100000, "aria-label": "What is wrong with it", oninput: changed });
  host.append(field);
  function save() {
    if (!field.value.trim()) return refuse("Nothing is written yet.");
    submit({ kind: "critique", critique: field.value.trim() });
  }
  const actions = () => [
    { key: "Enter", label: "Save", group: "main", run: save },
    { key: "e", label: "Write", run: () => field.focus() },
  ];
  return { actions, save };
}
