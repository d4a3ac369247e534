"""What the staff's page of a corrective action shows of what both sides said."""

from typing import Any

from compliance.casework import cases, exchanged
from compliance.casework.forms_exchange import CommentForm, DenialForm, TakingForm
from compliance.corrective_actions.seen import ActionView
from compliance.people.gate import actor


def beside(row: ActionView, case: cases.Case, forms: dict[str, Any]) -> dict[str, Any]:
    """What the page of an action shows of all this."""
    return {
        **exchanged.inside(actor(), row, case),
        "commenting": forms.get("commenting") or CommentForm(formdata=None),
        "denying": forms.get("denying") or DenialForm(formdata=None),
        "taking": forms.get("taking") or TakingForm(formdata=None),
    }
