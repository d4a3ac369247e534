"""Every table of the product, so that migrations and tests see them all."""

import importlib
import pkgutil

from sqlmodel import SQLModel

import compliance
from compliance.privacy import register
from compliance.shared import audit, jobs, mail, outbox, trail_values  # noqa: F401 - their tables, and the mail's round


def load_all() -> None:
    """Import every package's ``models`` modules, and tell their columns what they hold about people."""
    for package in pkgutil.iter_modules(compliance.__path__):
        if not package.ispkg or package.name in ("web", "migrations", "handbook", "shared"):
            continue
        rooms = importlib.import_module(f"compliance.{package.name}").__path__
        for room in pkgutil.iter_modules(rooms, f"compliance.{package.name}."):
            if room.name.rpartition(".")[2].startswith("models"):
                importlib.import_module(room.name)
    register.mark(SQLModel.metadata.tables.values())
