// Places in what has no words: a box on an image, a stretch of a video or a sound, each with a rule of the policy.
// A box is kept in parts of the width and the height, a stretch in seconds.

import { make } from "./dom.js";
import { address } from "./media.js";

const STEP = 0.02;
const rounded = (value) => Math.round(value * 10000) / 10000;
const within = (value, low, high) => Math.min(high, Math.max(low, value));
const percent = (value) => `${Math.round(value * 100)} %`;

export function mount({ card, task, host, view, submit, changed, refuse }) {
  const marked = [];
  const list = make("ol", { class: "marked", "aria-label": "Flagged" });
  const told = make("p", { class: "quiet", role: "status" });
  const place = (card.answers[0].media === "image" ? boxOn : stretchOf)(view, card, draw, refuse);
  host.append(told, list);

  function draw() {
    told.textContent = `Chosen: ${place.told()}`;
    changed();
  }
  function mark(rule) {
    const where = place.chosen();
    if (!where) return;
    const field = make("textarea", { rows: 1, maxLength: 20000, "aria-label": `Note for ${rule}, ${place.told()}`, placeholder: "Note" });
    const given = { where, rule, field, drawn: place.keep(where) };
    given.row = make("li", {}, make("b", {}, rule), ` ${place.told()} `, make("button", { type: "button", onclick: () => drop(given) }, "Remove"), field);
    list.append(given.row);
    marked.push(given);
    draw();
  }
  function drop(given) {
    marked.splice(marked.indexOf(given), 1);
    given.row.remove();
    given.drawn.remove();
    draw();
  }
  function save() {
    submit({ kind: "flag", flags: marked.map(({ where, rule, field }) => ({ ...where, rule, note: field.value.trim() })) });
  }
  const actions = () => [
    ...task.rules.map((rule, at) => ({ key: at < 9 ? String(at + 1) : "", label: rule.id, group: "rule", run: () => mark(rule.id) })),
    { key: "Enter", label: marked.length ? "Save" : "Nothing to flag", group: "main", run: save },
    ...place.actions(),
    { key: "o", label: "Note on the last", off: !marked.length, run: () => marked.at(-1)?.field.focus() },
    { key: "d", label: "Remove the last", off: !marked.length, run: () => drop(marked.at(-1)) },
  ];
  draw();
  return { actions, save };
}

/** A box on an image, by keys, mouse or finger. */
function boxOn({ frame }, card, changed) {
  let box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
  const shown = frame.appendChild(make("div", { class: "box" }));
  function set(x, y, width, height) {
    width = within(width, STEP / 2, 1);
    height = within(height, STEP / 2, 1);
    box = { x: rounded(within(x, 0, 1 - width)), y: rounded(within(y, 0, 1 - height)), width: rounded(width), height: rounded(height) };
    lay(shown, box);
    changed();
  }
  const move = (x, y) => set(box.x + x * STEP, box.y + y * STEP, box.width, box.height);
  const size = (x, y) => set(box.x, box.y, Math.min(box.width + x * STEP, 1 - box.x), Math.min(box.height + y * STEP, 1 - box.y));
  let from = null;
  const spot = (event) => {
    const edges = frame.getBoundingClientRect();
    return [within((event.clientX - edges.left) / edges.width, 0, 1), within((event.clientY - edges.top) / edges.height, 0, 1)];
  };
  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    from = spot(event);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = spot(event);
    set(Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1]));
  });
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { from = null; });
  frame.classList.add("marking");
  lay(shown, box);
  const arrow = (key, label, run) => ({ key, label, hidden: true, repeats: true, run });
  return {
    chosen: () => box,
    told: () => `${percent(box.x)} from the left, ${percent(box.y)} from the top, ${percent(box.width)} wide, ${percent(box.height)} high`,
    keep: (where) => lay(frame.appendChild(make("div", { class: "box kept" })), where),
    actions: () => [
      { key: "a", label: "The whole image", run: () => set(0, 0, 1, 1) },
      arrow("ArrowRight", "Move the box", () => move(1, 0)), arrow("ArrowLeft", "Move the box", () => move(-1, 0)),
      arrow("ArrowDown", "Move the box", () => move(0, 1)), arrow("ArrowUp", "Move the box", () => move(0, -1)),
      arrow("Shift+ArrowRight", "Wider", () => size(1, 0)), arrow("Shift+ArrowLeft", "Narrower", () => size(-1, 0)),
      arrow("Shift+ArrowDown", "Higher", () => size(0, 1)), arrow("Shift+ArrowUp", "Lower", () => size(0, -1)),
    ],
  };
}

/** A stretch of a video or a sound: from where it was at `[` to where it was at `]`. */
function stretchOf({ root, shown: player }, card, changed, refuse) {
  let [start, end] = [0, null];
  const chosen = make("div", { class: "box" });
  const canvas = make("canvas", { width: 800, height: 60, "aria-hidden": "true" });
  const track = make("div", { class: "track" }, canvas, chosen);
  root.append(track);
  const length = () => (Number.isFinite(player.duration) ? player.duration : 0);
  const seconds = (value) => Math.round(value * 100) / 100;
  const until = () => end ?? length();
  const part = (from, to) => ({ x: length() ? from / length() : 0, y: 0, width: length() ? (to - from) / length() : 0, height: 1 });
  function set(from, to) {
    [start, end] = [from, to];
    lay(chosen, part(start, until()));
    changed();
  }
  const go = (by) => { player.currentTime = within(player.currentTime + by, 0, length()); };
  for (const known of ["loadedmetadata", "durationchange"]) player.addEventListener(known, () => set(start, end));
  if (card.answers[0].media === "audio") waves(canvas, address(card, 0));
  lay(chosen, part(start, until()));
  return {
    chosen: () => {
      const where = { from_seconds: seconds(start), to_seconds: seconds(until()) };
      if (where.from_seconds < where.to_seconds) return where;
      refuse("It has no length: mark where it begins with [ and where it ends with ].");
      return null;
    },
    told: () => `${seconds(start)} s to ${seconds(until())} s`,
    keep: (where) => lay(track.appendChild(make("div", { class: "box kept" })), part(where.from_seconds, where.to_seconds)),
    actions: () => [
      { key: "[", label: "Begins here", run: () => set(player.currentTime, end !== null && end > player.currentTime ? end : null) },
      { key: "]", label: "Ends here", run: () => set(start < player.currentTime ? start : 0, player.currentTime) },
      { key: "ArrowRight", label: "On by a second", hidden: true, repeats: true, run: () => go(1) },
      { key: "ArrowLeft", label: "Back by a second", hidden: true, repeats: true, run: () => go(-1) },
      { key: "Shift+ArrowRight", label: "On by a tenth", hidden: true, repeats: true, run: () => go(0.1) },
      { key: "Shift+ArrowLeft", label: "Back by a tenth", hidden: true, repeats: true, run: () => go(-0.1) },
    ],
  };
}

function lay(element, { x, y, width, height }) {
  Object.assign(element.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
  return element;
}

/** Draws how loud a sound is, where the server can tell. */
async function waves(canvas, at) {
  try {
    const answer = await fetch(`${at}/waveform`, { signal: AbortSignal.timeout(10000) });
    const levels = answer.ok ? await answer.json() : [];
    const pen = canvas.getContext("2d");
    pen.fillStyle = getComputedStyle(canvas).color;
    levels.forEach((level, place) => {
      const height = Math.max(1, level * canvas.height);
      pen.fillRect((place * canvas.width) / levels.length, (canvas.height - height) / 2, canvas.width / levels.length - 1, height);
    });
  } catch {
    // without it the stretch is chosen by ear
  }
}
