// Images, video and audio on a card: fetched ahead, silent, never started by themselves, grey if one likes.

import { make } from "./dom.js";

const NOUNS = { image: "Image", video: "Video", audio: "Sound" };
const GREY = "trimtab-review-grey";
const ready = new Map(); // elements of cards that are still to come, by their address
let sound = false;
let grey = localStorage.getItem(GREY) === "yes";

export const address = (card, place) => `/m/${card.id}/${place}`;
const described = (answer) => [NOUNS[answer.media], answer.label].filter(Boolean).join(" ");

/** Begins to fetch a card's images; of video and audio the browser fetches no more than it needs to show a beginning. */
export function fetchAhead(card) {
  card.answers.forEach((answer, place) => {
    if (answer.media && !ready.has(address(card, place))) ready.set(address(card, place), element(card, answer, place));
  });
}

/** The elements that show a card's answer, or null where it is a text. */
export function view(card, place) {
  const answer = card.answers[place];
  if (!answer.media) return null;
  const at = address(card, place);
  const shown = ready.get(at) ?? element(card, answer, place);
  ready.delete(at);
  if (answer.media !== "image") shown.muted = !sound;
  const frame = make("div", { class: "frame" }, shown);
  const failed = Boolean(shown.error) || (shown.complete && shown.naturalWidth === 0);
  const problem = make("p", { class: "problem", hidden: !failed }, "It cannot be shown here. Skip it.");
  shown.addEventListener("error", () => { problem.hidden = false; });
  const root = make("div", { class: `media ${answer.media}` }, frame, problem);
  root.classList.toggle("grey", grey);
  return { root, frame, shown, heading: described(answer) };
}

function element(card, answer, place) {
  const src = address(card, place);
  if (answer.media === "image") return make("img", { src, alt: described(answer), draggable: false });
  // from the very beginning a browser draws no frame before it plays, or only some do
  const from = answer.media === "video" ? `${src}#t=0.001` : src;
  const player = make(answer.media, { src: from, controls: true, muted: true, preload: "metadata", playsInline: true, "aria-label": described(answer) });
  player.addEventListener("loadedmetadata", () => findEnd(player), { once: true });
  return player;
}

/** A recording may not say how long it is: its end is looked for, so that a stretch of it can be named. */
function findEnd(player) {
  if (player.duration !== Infinity) return;
  player.addEventListener("durationchange", () => { player.currentTime = 0; }, { once: true });
  player.currentTime = Number.MAX_SAFE_INTEGER;
}

/** What can be done with what is shown, beside judging it. */
export function actions(card, views, changed) {
  if (!views.length) return [];
  const players = views.filter((each) => each.shown instanceof HTMLMediaElement);
  const images = views.filter((each) => each.shown instanceof HTMLImageElement);
  const letters = players.length > 2 ? [] : "pq"; // more than two are started by their own controls, or one after another
  const toggle = (view) => {
    for (const other of players) if (other !== view) other.shown.pause();
    if (view.shown.paused) view.shown.play();
    else view.shown.pause();
  };
  return [
    ...players.slice(0, letters.length).map((view, place) => ({ key: letters[place], label: players.length > 1 ? `Play ${card.answers[place].label}` : "Play", run: () => toggle(view) })),
    ...(players.length > 2 ? [{ key: "p", label: "Play the next", run: () => toggle(players[(players.findIndex((view) => !view.shown.paused) + 1) % players.length]) },
      { key: "q", label: "Pause", run: () => players.forEach((view) => view.shown.pause()) }] : []),
    ...(players.length ? [{ key: "l", label: "Sound", pressed: sound, run: () => { sound = !sound; players.forEach((view) => { view.shown.muted = !sound; }); changed(); } }] : []),
    ...(images.length ? [{ key: "z", label: "All pixels", pressed: images[0].root.classList.contains("whole"), run: () => { images.forEach((view) => enlarge(card, view, views.indexOf(view))); changed(); } }] : []),
    ...(card.answers.some((answer) => answer.media !== "audio") ? [{ key: "h", label: "Grey", pressed: grey, run: () => {
      grey = !grey;
      localStorage.setItem(GREY, grey ? "yes" : "no");
      views.forEach((view) => view.root.classList.toggle("grey", grey));
      changed();
    } }] : []),
  ];
}

function enlarge(card, view, place) {
  const whole = view.root.classList.toggle("whole");
  view.shown.src = address(card, place) + (whole ? "/whole" : "");
}
