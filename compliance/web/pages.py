"""Mounting: every package's views, found by their place in the house."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from flask import Blueprint, Flask

import compliance


def mount(app: Flask) -> None:
    """Register the blueprint ``bp`` of each ``compliance.<noun>.views`` and of each casework page module."""
    found = [getattr(module, "bp", None) for module in _view_modules()]
    for blueprint in dict.fromkeys(one for one in found if isinstance(one, Blueprint)):  # several modules may share one
        app.register_blueprint(blueprint)


def _view_modules() -> list[ModuleType]:
    found = []
    for package in pkgutil.iter_modules(compliance.__path__):
        if not package.ispkg or package.name in ("web", "migrations"):
            continue
        base = f"compliance.{package.name}"
        spec = importlib.util.find_spec(f"{base}.views")
        if spec is None:
            continue
        views = importlib.import_module(f"{base}.views")
        found.append(views)
        if hasattr(views, "__path__"):  # a package of page modules: one for each group of pages
            found += [importlib.import_module(f"{base}.views.{m.name}") for m in pkgutil.iter_modules(views.__path__)]
    return found
