"""Tests mirror the packages; ``tests/every`` holds what must be true of all routes, templates, tables and documents."""
