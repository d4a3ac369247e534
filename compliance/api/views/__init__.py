"""Pages where administrators make and revoke tokens; and what programs ask, one module for each group."""
