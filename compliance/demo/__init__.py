"""The demo association: invented enterprises and people, a year of plausible visits, every state of every thing."""
