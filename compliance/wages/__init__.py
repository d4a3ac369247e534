"""Wages: pay records of a sample of workers, and what the law says they are owed."""
