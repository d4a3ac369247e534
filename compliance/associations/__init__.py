"""Associations: whose staff visit, whose code is kept, in whose time zone a day begins."""
