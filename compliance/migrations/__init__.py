"""Migrations of the schema, applied by ``compliance.web.upgrade``."""
