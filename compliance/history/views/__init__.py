"""Pages of the imported past."""
