"""The tables of the cells: sums over released visits, kept for reading, and what each visit put into them.

Nothing here is a source: everything can be made anew from visits, scorecards and findings (``compliance trends``).
"""

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import Id
from compliance.trends.measures import MEASURES, SUMS

_DERIVED = {"audit": False}  # worked out from rows that are on the trail


def _key(name: str, length: int) -> sa.Column[object]:
    """A code in the key, compared byte by byte on every database."""
    plain = sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
    return sa.Column(name, plain, primary_key=True)


def _association() -> sa.Column[object]:
    return sa.Column("association_id", Id, sa.ForeignKey("association.id"), primary_key=True)


def _whence() -> list[sa.Column[object]]:
    """Month as YYYYMM; the draw's stratum and the checklist version, the nil id where there is none."""
    return [
        sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stratum_id", Id, primary_key=True),
        _key("route", 10),
        sa.Column("version_id", Id, primary_key=True),
    ]


TREND_CELL = sa.Table(
    "trend_cell",
    SQLModel.metadata,
    _association(),
    sa.Column("grain", sa.SmallInteger, primary_key=True, autoincrement=False),
    _key("sector", 3),
    _key("district", 6),
    _key("size", 10),
    _key("trait", 24),
    *_whence(),
    *(
        sa.Column(name, sa.BigInteger if name in SUMS else sa.Integer, nullable=False)  # a square is up to a million
        for name in MEASURES
    ),
    sa.CheckConstraint("completed >= 0 AND refused >= 0 AND not_found >= 0 AND closed_down >= 0", name="outcomes"),
    info=_DERIVED,
    sqlite_with_rowid=False,
)
"""Sums by month, stratum, route and version for each class; ``grain`` says by which classes a row is told apart."""

TREND_MARK = sa.Table(
    "trend_mark",
    SQLModel.metadata,
    _association(),
    sa.Column("grain", sa.SmallInteger, primary_key=True, autoincrement=False),
    _key("code", 10),
    *_whence(),
    sa.Column("marks", sa.Text, nullable=False),
    info=_DERIVED,
    sqlite_with_rowid=False,
)
"""How many visits had each item, clause and band, as one text a row; told apart by one class at most."""

TREND_VISIT = sa.Table(
    "trend_visit",
    SQLModel.metadata,
    sa.Column("visit_id", Id, sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("association_id", Id, sa.ForeignKey("association.id"), nullable=False),
    sa.Column("enterprise_id", Id, sa.ForeignKey("enterprise.id"), nullable=False, index=True),
    sa.Column("month", sa.Integer, nullable=False),
    sa.Column("stratum_id", Id, nullable=False),
    sa.Column("route", sa.String(10), nullable=False),
    sa.Column("version_id", Id, nullable=False),
    sa.Column("sector", sa.String(3), nullable=False),
    sa.Column("district", sa.String(6), nullable=False),
    sa.Column("size", sa.String(10), nullable=False),
    sa.Column("traits", sa.SmallInteger, nullable=False),
    sa.Column("measures", sa.Text, nullable=False),
    sa.Column("marks", sa.Text, nullable=False),
    sa.Index("ix_trend_visit_association_month", "association_id", "month"),
    info=_DERIVED,
)
"""What each released visit put into the cells, so that it can be taken back exactly."""
