"""What an operator is told, each in one sentence, when a copy cannot be made, cannot be trusted, or may not be used."""


class CannotCopy(Exception):
    """Nothing was changed; the text says why, and what to do."""


class Unproved(CannotCopy):
    """A copy, or what was made of it, is not what it should be."""
