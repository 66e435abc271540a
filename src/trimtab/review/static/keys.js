// One table of actions: what a key does, what its button does, the legend and the help are all read from it.

import { make } from "./dom.js";

const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "Space" };

/** How a key is written. */
export function spelled(key) {
  return key.split("+").map((part) => NAMES[part] ?? part).join(" ");
}

function isText(element) {
  return element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type === "text");
}

export class Keys {
  /** An action is { key, also: [keys], label, run, pressed?, off?, hidden?, group?, repeats? }. */
  constructor(bar, list, home) {
    Object.assign(this, { bar, list, home, actions: [], save: null });
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Sets what can be done now; `save` is what Ctrl Enter does in a text field. */
  set(actions, save = null) {
    this.actions = actions;
    this.save = save;
    const focused = document.activeElement?.dataset?.key;
    this.bar.replaceChildren(...actions.filter((action) => !action.hidden).map((action) => this.#button(action)));
    this.list.replaceChildren(...actions.filter((action) => action.key).flatMap((action) => [
      make("dt", {}, ...[action.key, ...(action.also ?? [])].map((key) => make("kbd", {}, spelled(key)))),
      make("dd", {}, action.label),
    ]));
    if (focused) this.bar.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #button(action) {
    const button = make("button", { type: "button", class: action.group ?? "", disabled: action.off ?? false, "data-key": action.key,
      onclick: () => this.#run(action) }, action.key ? make("kbd", { "aria-hidden": "true" }, spelled(action.key)) : null, " ", action.label);
    if (action.key) button.setAttribute("aria-keyshortcuts", action.key);
    if (action.pressed !== undefined) button.setAttribute("aria-pressed", String(action.pressed));
    return button;
  }

  #run(action) {
    if (!action.off) action.run();
  }

  #pressed(event) {
    if (event.isComposing) return;
    const open = document.querySelector("dialog[open]");
    if (isText(event.target)) {
      const saves = event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.save;
      if (event.key !== "Escape" && !saves) return;
      event.preventDefault();
      this.home(); // what cannot be saved yet is mended by keys
      if (saves) this.save();
      return;
    }
    if (open) {
      if (event.key === "?") open.close();
      return;
    }
    if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph")) return;
    if (["Enter", " "].includes(event.key) && event.target.closest?.("button, a, summary")) return;
    const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const name = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : plain;
    const action = this.actions.find((each) => each.key === name || each.also?.includes(name));
    if (!action || event.repeat && !action.repeats) return;
    event.preventDefault();
    this.#run(action);
  }
}
