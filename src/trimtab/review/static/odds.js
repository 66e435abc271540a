// Items at odds: shown once asked for where they are blurred, and what was flagged in an image drawn on it.

import { make } from "./dom.js";

for (const button of document.querySelectorAll("[data-shows]")) {
  button.addEventListener("click", () => {
    const item = document.getElementById(button.dataset.shows);
    item.classList.remove("blurred");
    item.inert = false;
    button.parentElement.remove();
  });
}

for (const frame of document.querySelectorAll("[data-boxes]")) {
  for (const { label, x, y, width, height } of JSON.parse(frame.dataset.boxes)) {
    const box = frame.appendChild(make("div", { class: "box kept" }, make("span", {}, label)));
    Object.assign(box.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
  }
}
