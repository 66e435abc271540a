// Several answers in an order: a key puts an answer on the next place, or takes it off; "=" gives the next one the same place.

import { make } from "./dom.js";
import { whyField } from "./why.js";

const NTH = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"];

export function mount({ card, host, submit, changed, refuse }) {
  const count = card.answers.length;
  const order = []; // places, the best first, each with its answers
  let alike = false;
  const told = make("p", { class: "quiet", role: "status" });
  const list = make("ol", { class: "ranked", "aria-label": "Your order, the best first" });
  const why = whyField();
  host.append(told, list, why.element);
  const sections = [...document.querySelectorAll(".answer")];
  const at = (answer) => order.findIndex((some) => some.includes(answer));
  const label = (answer) => card.answers[answer].label;

  function draw() {
    list.replaceChildren(...order.map((some, place) => make("li", {}, make("b", {}, NTH[place]), ` ${some.map(label).join(" and ")}`)));
    sections.forEach((section, answer) => {
      section.querySelector("h2").dataset.place = at(answer) < 0 ? "" : NTH[at(answer)];
      section.classList.toggle("placed", at(answer) >= 0);
    });
    const left = count - order.flat().length;
    told.textContent = left === 0 ? "All have a place. Save it, or change it." : alike ? `The next one shares the ${NTH[order.length - 1]} place.` : `Next: the ${NTH[order.length]} place.`;
    changed();
  }
  function takeOff(answer) {
    const place = at(answer);
    order[place].splice(order[place].indexOf(answer), 1);
    if (!order[place].length) order.splice(place, 1);
    alike = false;
  }
  function put(answer) {
    if (at(answer) >= 0) takeOff(answer);
    else if (alike && order.length) order.at(-1).push(answer);
    else order.push([answer]);
    alike = false;
    draw();
  }
  function save() {
    const left = card.answers.map((_, answer) => answer).filter((answer) => at(answer) < 0);
    if (left.length) return refuse(`${new Intl.ListFormat("en").format(left.map(label))} ${left.length > 1 ? "have" : "has"} no place yet.`);
    submit({ kind: "rank", ranks: card.answers.map((_, answer) => at(answer) + 1), why: why.text() });
  }
  const actions = () => [
    ...card.answers.map((answer, place) => ({ key: answer.label, label: at(place) < 0 ? `Put ${answer.label} next` : `${answer.label} is ${NTH[at(place)]}`,
      pressed: at(place) >= 0, group: "place", run: () => put(place) })),
    { key: "=", label: "Next one alike", pressed: alike, off: !order.length || order.flat().length === count, run: () => { alike = !alike; draw(); } },
    { key: "d", also: ["Backspace"], label: "Take the last off", off: !order.length, run: () => { takeOff(order.at(-1).at(-1)); draw(); } },
    { key: "Enter", label: "Save", group: "main", run: save },
    { key: "c", label: "Cannot tell", run: () => submit({ kind: "rank", ranks: null, why: why.text() }) },
    why.action,
  ];
  draw();
  return { actions, save, why };
}
