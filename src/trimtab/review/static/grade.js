// One answer on a rubric, on a scale, or by thumb. A key marks the axis in focus and goes on to the next; a reason that
// a low mark needs is asked for beside it, and written where one goes by a key of its own.

import { make } from "./dom.js";
import { whyField } from "./why.js";

export function mount(parts) {
  return { rubric: onRubric, rating: onScale, thumb: byThumb }[parts.task.kind](parts);
}

function onRubric({ task, host, submit, changed, refuse }) {
  const { axes, reason_below: below } = task.rubric;
  const marks = {};
  let at = 0;
  const fields = axes.map((axis, place) => {
    const reason = make("textarea", { rows: 2, maxLength: 20000, "aria-label": `Reason: ${axis.title}`, placeholder: "Reason",
      oninput: changed, onfocus: () => go(place, false), onkeydown: (event) => leave(event, place) });
    const choices = axis.anchors.map((anchor, index) => choice(place, index + 1, anchor));
    choices.push(choice(place, null, "Cannot tell"));
    const group = make("fieldset", { class: "axis" }, make("legend", {}, make("b", {}, axis.title), " ", axis.question),
      make("div", { class: "marks" }, ...choices.map((each) => each.element)),
      make("p", { class: "asked", hidden: true }, make("kbd", {}, "r"), " A mark this low needs a reason."), reason);
    return { axis, group, choices, reason, asked: group.querySelector(".asked") };
  });
  host.append(...fields.map((field) => field.group));

  function choice(place, mark, words) {
    const element = make("button", { type: "button", "aria-pressed": "false", onclick: () => set(place, mark) },
      make("kbd", { "aria-hidden": "true" }, String(mark ?? 0)), " ", words);
    return { mark, element };
  }
  function needsReason(place) {
    const mark = marks[axes[place].id];
    return mark !== null && mark !== undefined && mark <= below && !fields[place].reason.value.trim();
  }
  function set(place, mark) {
    marks[axes[place].id] = mark;
    go(place + 1);
  }
  function reasonAt() {
    const open = axes.findIndex((axis, place) => needsReason(place));
    return needsReason(at) || open < 0 ? at : open;
  }
  function writeReason() {
    go(reasonAt());
    fields[at].reason.focus();
  }
  /** Out of a reason the next key is for the next mark, not another one for the axis that has its mark. */
  function leave(event, place) {
    const open = axes.findIndex((axis) => !(axis.id in marks));
    if (event.key === "Escape" && !event.isComposing && axes[place].id in marks && open >= 0) go(open);
  }
  function go(place, scroll = true) {
    at = Math.max(0, Math.min(axes.length - 1, place));
    draw();
    if (scroll) fields[at].group.scrollIntoView({ block: "nearest" });
    changed();
  }
  function draw() {
    fields.forEach(({ axis, group, choices, reason, asked }, place) => {
      group.classList.toggle("at", place === at);
      const given = axis.id in marks;
      choices.forEach((each) => each.element.setAttribute("aria-pressed", String(given && marks[axis.id] === each.mark)));
      reason.required = needsReason(place);
      asked.hidden = !needsReason(place);
    });
  }
  function save() {
    const unmarked = axes.findIndex((axis) => !(axis.id in marks));
    const open = unmarked < 0 ? axes.findIndex((axis, place) => needsReason(place)) : unmarked;
    if (open >= 0) {
      go(open);
      refuse(unmarked < 0 ? `${axes[open].title}: a mark this low needs a reason (r).` : `${axes[open].title} has no mark yet.`);
      return;
    }
    const reasons = Object.fromEntries(fields.map(({ axis, reason }) => [axis.id, reason.value.trim()]).filter(([, words]) => words));
    submit({ kind: "rubric", marks, reasons });
  }
  draw();
  const actions = () => [
    { key: "Enter", label: "Save", group: "main", run: save },
    ...axes[at].anchors.map((words, index) => ({ key: String(index + 1), label: `${axes[at].title}: ${words}`, hidden: true, run: () => set(at, index + 1) })),
    { key: "0", label: `${axes[at].title}: cannot tell`, hidden: true, run: () => set(at, null) },
    { key: "j", also: ["ArrowDown"], label: "Next axis", run: () => go(at + 1) },
    { key: "k", also: ["ArrowUp"], label: "Axis before", run: () => go(at - 1) },
    { key: "r", label: `Reason: ${axes[reasonAt()].title}`, run: writeReason },
  ];
  return { actions, save };
}

function onScale({ task, host, submit }) {
  const [low, high] = task.scale;
  const why = whyField();
  host.append(why.element);
  const steps = Array.from({ length: high - low + 1 }, (_, place) => low + place);
  const label = (step) => (step === low ? `${step}, the lowest` : step === high ? `${step}, the highest` : String(step));
  const actions = () => [
    ...steps.map((rating) => ({ key: String(rating), label: label(rating), group: "main", run: () => submit({ kind: "rating", rating, why: why.text() }) })),
    { key: "c", label: "Cannot tell", group: "main", run: () => submit({ kind: "rating", rating: null, why: why.text() }) },
    why.action,
  ];
  return { actions, save: null, why };
}

function byThumb({ host, submit }) {
  const why = whyField();
  host.append(why.element);
  const say = (liked) => submit({ kind: "thumb", liked, why: why.text() });
  const actions = () => [
    { key: "y", also: ["ArrowUp"], label: "It will do", group: "main", run: () => say(true) },
    { key: "n", also: ["ArrowDown"], label: "It will not do", group: "main", run: () => say(false) },
    { key: "c", label: "Cannot tell", group: "main", run: () => say(null) },
    why.action,
  ];
  return { actions, save: null, why };
}
