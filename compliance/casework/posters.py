"""Posters and cards for workers as PDF: their rights, the way to complain as a QR code, and what is safe to tell."""

from typing import TYPE_CHECKING

import segno
from flask import url_for

from compliance.casework import press
from compliance.complaints import policy
from compliance.complaints.posters import wordings
from compliance.shared import addresses
from compliance.shared import press as printing
from compliance.shared.problems import NotFound
from compliance.shared.words import CHINESE, ENGLISH, N_

if TYPE_CHECKING:
    from compliance.associations.models import Association

POSTERS = ("a3", "a4")
CARDS = "cards"
STYLESHEET = "posters.css"


def pressed(association: "Association", kind: str, code: str) -> bytes:
    """A poster (``a3``, ``a4``) or a sheet of eight cards in a language of ``posters.yaml``. Raises ``NotFound``."""
    said = wordings().get(code)
    if said is None or kind not in (*POSTERS, CARDS):
        raise NotFound("poster-unknown", N_("There is no such poster."))
    language = CHINESE if said.lang.startswith("zh") else ENGLISH
    address = f"{addresses.base()}{url_for('complaints.tell')}"
    html = press.page(
        "cards.html" if kind == CARDS else "poster.html",
        said=said,
        size=kind,
        address=address,
        code=segno.make(address, error="m").svg_data_uri(scale=1, border=2),
        hotlines=[
            {"number": one.number, "whose": {CHINESE: one.whose.zh, ENGLISH: one.whose.en}} for one in policy.hotlines()
        ],
        spoken=language,
        association=association.name_zh if language == CHINESE else association.name_en,
        phone=association.phone,
    )
    return printing.press(html, press.folder() / STYLESHEET).pdf
