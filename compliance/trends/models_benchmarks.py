"""The tables of benchmarks for managers: frozen for each quarter, and refused by the database to be changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import json_column, moment, primary_id, reference, text_column

_PRIVATE = {"info": {"private": True}}  # who stands behind a number is on no trail


class BenchmarkQuarter(SQLModel, table=True):
    """A quarter whose benchmarks were worked out, also where no group had enough behind it."""

    __tablename__ = "benchmark_quarter"
    __table_args__ = (sa.UniqueConstraint("association_id", "quarter"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    quarter: str = text_column(7, ...)
    frozen_at: datetime = moment(default_now=True)


class Benchmark(SQLModel, table=True):
    """The numbers of a group of enterprises for a quarter: quartiles by area. Empty classes mean all of them.

    ``behind``: enterprise -> scorecard, so that the reader's own are not counted and no change by one ever shows.
    """

    __tablename__ = "benchmark"
    __table_args__ = (sa.UniqueConstraint("association_id", "quarter", "sector", "size"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    quarter: str = text_column(7, ...)
    sector: str = text_column(3)
    size: str = text_column(10)
    worked_out: str = text_column(7, ...)
    figures: dict[str, Any] = json_column()
    behind: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_column().sa_type, nullable=False, sa_column_kwargs=_PRIVATE
    )
