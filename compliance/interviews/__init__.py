"""Interviews with workers: whom to ask, what is kept under seal, and which counts may ever be told."""
