"""The tables of pay sheets. Pay and names stand in them only under seal."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference


class PaySheetEdition(SQLModel, table=True):
    """What was entered of a visit's pay sheet at once. Rows are never changed: the sheet is all of them, in order."""

    __tablename__ = "pay_sheet_edition"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "number"),
        sa.CheckConstraint("number >= 1", name="in_an_order"),
    )
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id", index=False)
    number: int
    sealed: bytes = Field(sa_type=sa.LargeBinary)
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()


class PayClaim(SQLModel, table=True):
    """A worker's consent to be named for a claim, sealed under a key of its own that is destroyed when it is taken
    back.
    """

    __tablename__ = "pay_claim"
    __table_args__ = (sa.CheckConstraint("taken_back_on >= given_on", name="taken_back_after"),)
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id")
    sealed: bytes = Field(sa_type=sa.LargeBinary)
    given_on: date
    given_by: UUID | None = loose_id()
    taken_back_on: date | None = None
    taken_back_by: UUID | None = loose_id()
