"""Visits to workplaces: planned, handed out, answered item by item, sealed; events that are only ever added to."""
