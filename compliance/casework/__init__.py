"""What follows from what: sealed, scored, findings, actions, letter; review and release; and the pages of all that."""
