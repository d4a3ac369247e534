"""A letter that is only looked at: composed from facts as they are now, printed as a draft, and kept nowhere."""

from uuid import UUID

from compliance.letters import press, rules, store_wording
from compliance.letters.store_issuing import picture, with_signer


def usual_passages(association_id: UUID, kind: str, facts: rules.Facts) -> rules.Passages:
    """The passages that a letter has unless somebody writes others."""
    worded = store_wording.own(association_id).worded(kind, facts, whatever=True)
    return rules.usual_passages(kind, facts, worded.words)


def lacks(kind: str, facts: rules.Facts, passages: rules.Passages) -> list[rules.Lack]:
    """What keeps it from being sent."""
    return list(rules.unready(kind, facts, passages))


def preview(association_id: UUID, kind: str, facts: rules.Facts, language: str, passages: rules.Passages) -> bytes:
    """The PDF, marked as a draft on every page. Raises ``Problem`` as the press does."""
    worded = store_wording.own(association_id).worded(kind, facts, whatever=True)
    signed = with_signer(association_id, kind, facts)
    words = rules.compose(kind, signed, language, worded.words, passages=passages).as_json()
    return press.print_letter(words, picture(facts.association)).pdf
