"""Trends: what leadership reads about all visits, each figure with the number of visits behind it."""
