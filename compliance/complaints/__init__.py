"""Complaints of workers: how they come in without a name, who reads them, and what is said of them."""
