"""Letters: what an enterprise is told after a visit, word for word, numbered, frozen and printed."""
