"""Corrective actions: one accountable party, one due date, evidence, a check by a second pair of eyes."""
