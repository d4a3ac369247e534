"""The tables of the cells: sums over released visits, kept for reading, and what each visit put into them.

Nothing here is a source: everything can be made anew from visits, scorecards and findings (``compliance trends``).
"""

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import Id

_DERIVED = {"audit": False}  # worked out from rows that are on the trail


def _where() -> list[sa.Column[object]]:
    """Where a visit counts: month as YYYYMM; the draw's stratum and the checklist version, the nil id where there is
    none; its classes, and its traits as bits.
    """
    return [
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("stratum_id", Id, nullable=False),
        sa.Column("route", sa.String(10), nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("sector", sa.String(3), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("size", sa.String(10), nullable=False),
        sa.Column("traits", sa.SmallInteger, nullable=False),
    ]


def _what() -> list[sa.Column[object]]:
    """What a visit adds there (``contribution.SUMS``), and its marks, a line for each."""
    return [sa.Column("sums", sa.LargeBinary, nullable=False), sa.Column("marks", sa.Text, nullable=False)]


TREND_CELLS = sa.Table(
    "trend_cells",
    SQLModel.metadata,
    sa.Column("association_id", Id, sa.ForeignKey("association.id"), primary_key=True),
    sa.Column("family", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("grain", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.String(3).with_variant(sa.String(3, collation="C"), "postgresql"), primary_key=True),
    sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    info=_DERIVED,
)
"""The cells of a month, packed (``packed``): a row for each family of sums and each ``grain``, which says by which
classes they are told apart; of sectors together with other classes, one for each sector (``part``).
"""

TREND_LOG = sa.Table(
    "trend_log",
    SQLModel.metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("association_id", Id, sa.ForeignKey("association.id"), nullable=False, index=True),
    sa.Column("sign", sa.SmallInteger, nullable=False),
    *_where(),
    *_what(),
    sa.CheckConstraint("sign IN (-1, 1)", name="sign"),
    info=_DERIVED,
)
"""What was put in (1) or taken out (-1) since, and is not in ``trend_cells`` yet."""

TREND_VISIT = sa.Table(
    "trend_visit",
    SQLModel.metadata,
    sa.Column("visit_id", Id, sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("association_id", Id, sa.ForeignKey("association.id"), nullable=False, index=True),
    sa.Column("enterprise_id", Id, sa.ForeignKey("enterprise.id"), nullable=False, index=True),
    *_where(),
    *_what(),
    info=_DERIVED,
)
"""What each released visit put in, so that it can be taken back exactly."""

TREND_LAST = sa.Table(
    "trend_last",
    SQLModel.metadata,
    sa.Column("enterprise_id", Id, sa.ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("association_id", Id, sa.ForeignKey("association.id"), nullable=False),
    sa.Column("member", sa.Boolean, nullable=False),
    sa.Column("last_on", sa.Date, nullable=True),
    sa.Index("ix_trend_last_members", "association_id", "member", "last_on", "enterprise_id"),
    info=_DERIVED,
)
"""The day of the last released and completed visit to each enterprise; empty for those never visited, so that they are
found in an index, and members apart from those that left.
"""
