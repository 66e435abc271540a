// Two answers side by side: one key says which is better; a figure before it says by how much.

import { make } from "./dom.js";
import { whyField } from "./why.js";

const STRENGTHS = ["slightly", "clearly", "by far"];
const CHOICES = [
  ["a", "ArrowLeft", "A", "A is better"], ["b", "ArrowRight", "B", "B is better"], ["t", null, "tie", "Alike"],
  ["x", null, "both bad", "Both bad"], ["c", null, "cannot tell", "Cannot tell"],
];

export function mount({ host, submit, changed }) {
  let strength = null;
  const why = whyField();
  host.append(why.element);
  const choose = (choice) => {
    const better = choice === "A" || choice === "B";
    submit({ kind: "pair", choice, strength: better ? strength : null, why: why.text() });
  };
  const actions = () => [
    ...CHOICES.map(([key, also, choice, label]) => ({ key, also: also ? [also] : [], label, group: "main", run: () => choose(choice) })),
    ...STRENGTHS.map((label, place) => ({
      key: String(place + 1), label, pressed: strength === place + 1, group: "strength",
      run: () => { strength = strength === place + 1 ? null : place + 1; changed(); },
    })),
    why.action,
  ];
  return { actions, save: null, why };
}
