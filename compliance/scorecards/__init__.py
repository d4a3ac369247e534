"""Scorecards: what answers are worth, by the policy data; receipts that a replay proves."""
