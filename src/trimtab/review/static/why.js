// A place for words that nobody has to write.

import { make } from "./dom.js";

/** A closed text field, the action that opens it, and what stands in it. */
export function whyField(label = "In your words", key = "w") {
  const field = make("textarea", { rows: 2, maxLength: 20000, "aria-label": label });
  const element = make("details", { class: "why" }, make("summary", {}, label), field);
  const open = () => { element.open = true; field.focus(); };
  return { element, text: () => field.value.trim(), action: { key, label, run: open } };
}
