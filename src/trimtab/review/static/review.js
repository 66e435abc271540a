// The review screen: cards are fetched ahead, one is shown, what is said goes to the outbox and the next one comes.

import { fromServer, make, newKey } from "./dom.js";
import * as grade from "./grade.js";
import { Keys } from "./keys.js";
import { Outbox } from "./outbox.js";
import * as media from "./media.js";
import { keepPage } from "./offline.js";
import * as pair from "./pair.js";
import * as rank from "./rank.js";
import * as region from "./region.js";
import * as spans from "./spans.js";
import { whyField } from "./why.js";
import * as write from "./write.js";

const KINDS = { pair, rank, rubric: grade, rating: grade, thumb: grade, edit: write, critique: write, flag: spans, claims: spans };
const AHEAD = 10;
const [SOON, RETRY] = [500, 3000];
const ENDS = {
  dose: "That was today's share. The rest will be here tomorrow.",
  waiting: "What is left is with others just now. If it comes back, it will appear here.",
  finished: "All done. Thank you.",
};

const WHO = { user: "Person", assistant: "Assistant", system: "System", tool: "Tool" };

const page = document.body.dataset; // with `item` a lead has the word on that one alone
const task = JSON.parse(page.task);
const place = (id) => document.getElementById(id);
const stage = place("stage");
const keys = new Keys(place("actions"), place("keys"), home);

let queue = [];
let current = null;
let form = null;
let reason = null; // the field for words that a lead fills in whatever the kind
let views = []; // the images, videos and sounds of the current card
let counts = { state: "more", judged: null, left: 0 };
let changes = 0; // how often something was said or taken back
let fetching = false;
let busy = false;
let unsaved = false; // whether the notice says why something was not saved
const said = new Set(); // assignments that were judged here and not taken back
const history = [];

function ask(path, body, signal) {
  const headers = { "Content-Type": "application/json", "X-CSRF": page.csrf };
  return fetch(path, body === undefined ? { signal } : { method: "POST", headers, body: JSON.stringify(body), signal });
}

const channel = new BroadcastChannel(`trimtab-review-${page.who}-${page.number}`);
channel.onmessage = ({ data }) => {
  if (data.taken) said.add(data.taken);
  if (data.returned) said.delete(data.returned);
  queue = queue.filter((card) => !said.has(card.id));
  if (current && said.has(current.card.id) && !busy) next("It was judged in another window.");
};

const outbox = await Outbox.open(page.who, (entry, signal) => ask("/api/judgements", entry, signal), showOutbox);

async function refill() {
  if (page.item) return current === null && !said.size ? fetchAlone() : undefined;
  if (fetching) return;
  fetching = true;
  try {
    const before = changes;
    const waiting = await outbox.assignments();
    const here = [current?.card.id, ...queue.map((card) => card.id), ...waiting];
    const held = [...new Set(here.filter(Boolean))].slice(0, 4 * AHEAD);
    const answer = await ask(`/api/tasks/${page.number}/cards`, { count: AHEAD, holding: held }, AbortSignal.timeout(10000));
    if (answer.status === 401 || answer.status === 403) return showOutbox({ waiting: waiting.length, refused: [], stopped: answer.status === 401 ? "login" : "reload" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const found = await answer.json();
    const unsent = new Set(await outbox.assignments());
    const known = new Set([current?.card.id, ...queue.map((card) => card.id), ...said, ...unsent]);
    queue.push(...found.cards.filter((card) => !known.has(card.id)));
    counts.state = found.state;
    if (counts.judged === null || (waiting.length === 0 && changes === before)) {
      // otherwise what is counted there may or may not have what was said meanwhile; what is counted here has
      counts = { state: found.state, judged: found.judged + unsent.size, left: Math.max(0, found.left - unsent.size) };
    }
    if (current === null && !busy) next();
    else showProgress();
    // "more" without a card for us: the last ones are on their way there
    if (current === null && found.state === "more") setTimeout(refill, SOON);
    if (current === null && found.state === "waiting") setTimeout(refill, RETRY * 5);
  } catch {
    setTimeout(refill, RETRY);
    if (current === null) say("No connection. What you judged is kept in this browser.");
  } finally {
    fetching = false;
  }
}

async function fetchAlone() {
  try {
    const answer = await ask(`/api/items/${page.item}/card`, {}, AbortSignal.timeout(10000));
    if (answer.status === 401 || answer.status === 403) return showOutbox({ waiting: 0, refused: [], stopped: answer.status === 401 ? "login" : "reload" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
  } catch {
    setTimeout(refill, RETRY);
    say("No connection.");
  }
}

function next(told = "") {
  current = null;
  const card = queue.shift();
  if (card) show(card, told);
  else {
    const back = page.item ? make("a", { href: `/team/tasks/${page.number}/odds` }, "To the items at odds") : null;
    stage.replaceChildren(make("p", { class: "quiet" }, back ?? ENDS[counts.state] ?? "Fetching more items…"));
    form = null;
    say(told); // what the last card, or a lost connection, had to say is over
    draw();
  }
  if (queue.length < AHEAD / 2) refill(); // by halves: each fetch costs the server more than a judgement
}

function show(card, told = "") {
  const seen = { card, ms: 0, since: document.hidden ? 0 : performance.now(), clear: !card.blur };
  current = seen;
  const prompt = make("section", { class: "prompt", "aria-label": "Prompt" },
    ...card.prompt.map((turn) => make("div", { class: `turn ${turn.role}` }, make("p", { class: "who" }, WHO[turn.role]), fromServer(turn.html, "text"))));
  prompt.hidden = card.prompt.length === 0;
  views = card.answers.map((_, place) => media.view(card, place)).filter(Boolean);
  const answers = card.answers.map((answer, place) => make("section", { class: "answer", "aria-label": views[place]?.heading ?? (answer.label ? `Answer ${answer.label}` : "Answer") },
    make("h2", {}, views[place]?.heading ?? (answer.label || "Answer")), views[place]?.root ?? (answer.text === null ? fromServer(answer.html, "text") : make("div", { class: "text plain" }, answer.text))));
  const host = make("div", { class: "form" });
  const alone = task.kind === "rubric" ? { tabIndex: 0, role: "region", "aria-label": "Prompt and answer" } : {}; // on a broad screen it scrolls by itself
  const read = make("div", { class: "read", ...alone }, prompt, make("div", { class: answers.length > 1 ? `answers two${answers.length > 2 ? " more" : ""}` : "answers" }, ...answers));
  const content = make("div", { class: `content ${task.kind}${card.blur ? " blurred" : ""}` }, read, host);
  content.inert = card.blur;
  stage.replaceChildren(content);
  stage.removeAttribute("aria-busy");
  form = null; // its first drawing must not show the last card's actions
  const kind = task.kind === "flag" && views.length ? region : KINDS[task.kind];
  form = kind.mount({ card, task, host, text: answers[0].querySelector(".text"), view: views[0], submit: (what) => submit(what), changed, refuse });
  reason = form.why ?? (page.item ? whyField("Why it is right") : null);
  if (reason && !form.why) host.append(reason.element);
  if (page.item) reason.element.open = true; // it has to be filled in
  say(told);
  draw();
  scrollTo(0, 0);
  home();
  if (queue.length) media.fetchAhead(queue[0]);
}

async function submit(what) {
  if (busy || current === null || !current.clear && what.kind !== "skip") return;
  if (page.item && !(what.why ||= reason.text())) return refuse(`Say why (${reason.action.key}), so that the reviewers can learn of it.`);
  busy = true;
  const { card } = current;
  const entry = { key: newKey(), assignment: card.id, said: what, shown_ms: Math.round(shownFor(current)), client_when: new Date().toISOString() };
  try {
    await outbox.add(entry);
  } catch (error) {
    say(`This browser cannot keep what you said (${error?.name ?? "no space"}). Free some space; the item stays here.`);
    return;
  } finally {
    busy = false;
  }
  changes++;
  said.add(card.id);
  history.push(card);
  channel.postMessage({ taken: card.id });
  counts.judged += what.kind === "skip" ? 0 : 1;
  counts.left = Math.max(0, counts.left - 1);
  next();
}

async function undo() {
  if (busy) return;
  busy = true;
  try {
    const card = history.pop() ?? (await lastFromServer());
    if (!card) return say("There is nothing to take back.");
    await outbox.add({ key: newKey(), assignment: card.id, said: { kind: "withdrawn" }, client_when: new Date().toISOString() });
    changes++;
    said.delete(card.id);
    channel.postMessage({ returned: card.id });
    counts.judged = Math.max(0, counts.judged - 1);
    counts.left += 1;
    if (current) queue.unshift(current.card);
    queue = queue.filter((each) => each.id !== card.id);
    show(card, "Taken back. Judge it anew.");
  } finally {
    busy = false;
  }
}

async function lastFromServer() {
  try {
    await outbox.flush();
    const answer = await ask(`/api/tasks/${page.number}/last`, undefined, AbortSignal.timeout(10000));
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function reveal() {
  current.clear = true;
  const content = stage.querySelector(".content");
  content.classList.remove("blurred");
  content.inert = false;
  draw();
}

function draw() {
  const common = [
    ...(page.item ? [] : [{ key: "s", label: "Skip", run: () => submit({ kind: "skip" }), off: current === null }, { key: "u", label: "Undo", run: undo }]),
    { key: "g", label: "Guidelines", hidden: true, run: toggleGuidelines },
    { key: "?", label: "All keys", hidden: true, run: () => place("help").showModal() },
  ];
  if (current && !current.clear) keys.set([{ key: "v", label: "Show it", group: "main", run: reveal }, ...common]);
  else keys.set([...(current && form ? form.actions() : []), ...(current && form && reason && !form.why ? [reason.action] : []), ...(current ? media.actions(current.card, views, draw) : []), ...common], form?.save ?? null);
  showProgress();
}

function showProgress() {
  const total = counts.judged + counts.left;
  place("progress").textContent = total ? `${counts.judged} of ${total}` : "";
}

function showOutbox({ waiting, refused, stopped }) {
  const saved = place("saved");
  saved.dataset.state = waiting || refused.length ? "waiting" : "saved";
  saved.replaceChildren(waiting ? `${waiting} not sent yet, kept in this browser` : "All saved");
  if (stopped === "login") saved.append(". ", make("a", { href: "/login" }, "Log in again"));
  if (stopped === "reload") saved.append(". ", make("a", { href: "" }, "Load this page again"));
  if (refused.length) saved.append(`. ${refused.length} refused: ${refused.at(-1).refusal}`);
}

function say(text) {
  place("notice").textContent = text;
  unsaved = false;
}

/** Says why it is not saved, until something is changed. */
function refuse(text) {
  say(text);
  unsaved = true;
}

function changed() {
  if (unsaved) say("");
  draw();
}

/** Focus goes to the item, so that keys are keys again. */
function home() {
  place("question").focus({ preventScroll: true });
}

function toggleGuidelines() {
  const aside = place("guidelines");
  const narrow = matchMedia("(max-width: 60rem)").matches;
  const open = narrow ? aside.classList.toggle("open") : !aside.classList.toggle("closed");
  place("open-guidelines").setAttribute("aria-expanded", String(open));
  if (open) aside.focus({ preventScroll: !narrow });
  else home();
}

function shownFor(seen) {
  return seen.ms + (seen.since ? performance.now() - seen.since : 0);
}

document.addEventListener("visibilitychange", () => {
  if (!current) return;
  current.ms = shownFor(current);
  current.since = document.hidden ? 0 : performance.now();
});
place("open-guidelines").addEventListener("click", toggleGuidelines);
place("open-help").addEventListener("click", () => place("help").showModal());
place("close-help").addEventListener("click", () => place("help").close());
place("help").addEventListener("close", home);
addEventListener("online", refill);
if (matchMedia("(max-width: 60rem)").matches) place("open-guidelines").setAttribute("aria-expanded", "false");
refill();
if (!page.item) keepPage().catch(() => {}); // without it the page needs a server to open
