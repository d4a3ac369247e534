// How the screen looks, chosen on this tablet: theme, size of text, hand. Nothing here is about anybody or any visit.

import { h } from "./dom.js";
import { _ } from "./words.js";

const KEPT = "tablet.display";
const CHOICES = {
  theme: ["auto", "light", "dark", "sunlight"],
  text: ["normal", "large"],
  hand: ["right", "left"],
  keys: ["on", "off"],
};

/** What is chosen: {theme, text, hand, keys}. */
export function settings() {
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { /* nothing is chosen */ }
  return Object.fromEntries(Object.entries(CHOICES).map(([name, values]) => [name, values.includes(kept[name]) ? kept[name] : values[0]]));
}

/** Let the page look as it was chosen. */
export function apply() {
  for (const [name, value] of Object.entries(settings())) document.documentElement.dataset[name] = value;
}

export function choose(name, value) {
  localStorage.setItem(KEPT, JSON.stringify({ ...settings(), [name]: value }));
  apply();
}

/** The choices as fields: a group of buttons for each. */
export function panel() {
  const words = {
    theme: [_("Theme"), { auto: _("As the tablet"), light: _("Light"), dark: _("Dark"), sunlight: _("Sunlight") }],
    text: [_("Size of text"), { normal: _("Normal"), large: _("Large") }],
    hand: [_("Hand"), { right: _("Right-handed"), left: _("Left-handed") }],
    keys: [_("Single keys"), { on: _("On"), off: _("Off") }],
  };
  const chosen = settings();
  return h("div", { class: "display" }, Object.entries(CHOICES).map(([name, values]) => h("fieldset", {},
    h("legend", {}, words[name][0]),
    h("div", { class: "ticks" }, values.map((value) => h("label", { class: "tick pill" },
      h("input", { type: "radio", name: `display-${name}`, value, checked: chosen[name] === value, onchange: () => choose(name, value) }),
      h("span", {}, words[name][1][value])))))));
}

apply();
