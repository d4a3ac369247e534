// What stands on the screen while an interview is hidden: a leaflet that an inspector might show to anybody.

import { button, h } from "../dom.js";
import { _ } from "../words.js";

/** The leaflet; `onclose` is called when somebody closes it. */
export const leaflet = (onclose) => h("article", { class: "sheet pad leaflet" },
  h("h1", {}, _("A safe way through the workshop")),
  h("ul", {}, [
    _("Keep to the marked walkways, and let trucks pass first."),
    _("Fire doors stay closed and are never locked. Know the nearest way out before you need it."),
    _("Do not reach into a running machine. Guards stay where they are."),
    _("Wear ear and eye protection where the sign asks for it."),
    _("Closed shoes, no loose sleeves, long hair tied back."),
    _("If you see smoke, warn others first, then leave by the stairs."),
  ].map((line) => h("li", {}, line))),
  h("p", { class: "dim" }, _("Fire 119 · Ambulance 120 · Police 110")),
  h("p", { class: "row" }, button(_("Close"), onclose, { id: "leaflet-close" })));
