"""The lists of letters for the post: what waits for it, and what was posted together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework.lists import delivery_of, inside, table
from compliance.letters.delivery import DeliveryState
from compliance.letters.recipes import REFERRAL
from compliance.people.rules import Actor
from compliance.shared.database import session


def for_the_post(actor: Actor) -> Sequence[Any]:
    """Issued and printed letters to enterprises that are neither posted nor delivered, as far as is known: by district,
    then name. A referral goes to somebody else, by itself.
    """
    letter, enterprise = table("letter"), table("enterprise")
    query = (
        _letters_to_send()
        .where(letter.c.state == "issued", letter.c.pdf_digest.is_not(None), *inside(actor, letter))
        .where(delivery_of(letter.c.id) == DeliveryState.open.value, letter.c.kind != REFERRAL)
        .order_by(enterprise.c.district, enterprise.c.sort_key, letter.c.year, letter.c.running)
    )
    return session().execute(query).all()


def posted_together(actor: Actor, posting_id: UUID) -> Sequence[Any]:
    """The letters of one posting that were not struck from it since, in the order of the print file."""
    letter, enterprise, delivery = table("letter"), table("enterprise"), table("letter_delivery")
    query = (
        _letters_to_send()
        .join(delivery, delivery.c.letter_id == letter.c.id)
        .where(delivery.c.posting_id == posting_id, delivery.c.struck_at.is_(None), *inside(actor, letter))
        .order_by(enterprise.c.district, enterprise.c.sort_key, letter.c.year, letter.c.running)
    )
    return session().execute(query).all()


def postings(actor: Actor, most: int = 20) -> Sequence[Any]:
    """The latest postings, with how many letters each took."""
    posting, delivery, letter = table("letter_posting"), table("letter_delivery"), table("letter")
    count = (
        sa.select(sa.func.count())
        .select_from(delivery.join(letter, letter.c.id == delivery.c.letter_id))
        .where(delivery.c.posting_id == posting.c.id, delivery.c.struck_at.is_(None), *inside(actor, letter))
        .scalar_subquery()
        .label("letters")
    )
    query = sa.select(posting.c.id, posting.c.posted_on, posting.c.created_by, count).where(
        posting.c.association_id == actor.association_id
    )
    return session().execute(query.order_by(posting.c.created_at.desc(), posting.c.id).limit(most)).all()


def _letters_to_send() -> Any:
    letter, enterprise = table("letter"), table("enterprise")
    return sa.select(
        letter.c.id,
        letter.c.number,
        letter.c.kind,
        letter.c.dated,
        letter.c.pdf_digest,
        enterprise.c.name.label("enterprise"),
        enterprise.c.address,
        enterprise.c.district,
    ).select_from(letter.join(enterprise, enterprise.c.id == letter.c.enterprise_id))
