"""Every table of the product, so that migrations and tests see them all."""

import importlib
import importlib.util
import pkgutil

import compliance
from compliance.shared import audit, jobs, mail  # noqa: F401 - their tables


def load_all() -> None:
    """Import every package's ``models`` module."""
    for package in pkgutil.iter_modules(compliance.__path__):
        if not package.ispkg or package.name in ("web", "migrations", "handbook", "shared"):
            continue
        name = f"compliance.{package.name}.models"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
