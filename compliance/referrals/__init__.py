"""Signals of danger to people, the sealed cases that they open, and what officers do until a case is cleared."""
