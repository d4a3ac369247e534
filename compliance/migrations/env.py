"""Alembic's entry: the connection comes from the caller, so there is no configuration file."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from compliance.shared.database import Id


def render_item(kind: str, obj: Any, autogen: Any) -> str | Literal[False]:
    """Write migrations in plain SQLAlchemy types, so that an old one never depends on today's code."""
    if kind != "type":
        return False
    if isinstance(obj, Id):
        return 'sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")'
    if isinstance(obj, AutoString):
        return f"sa.String(length={obj.length})" if obj.length else "sa.String()"
    if isinstance(obj, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(obj, sa.JSON) and "postgresql" in obj._variant_mapping:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=True,
    render_item=render_item,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
