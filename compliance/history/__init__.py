"""The past that an association brings along: results of visits from before the system, kept as imported."""
