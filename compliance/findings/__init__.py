"""Findings: every shortfall of a visit, what the enterprise says to it, and how a dispute ends."""
