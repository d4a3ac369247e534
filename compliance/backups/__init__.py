"""Copies of the whole instance, the way back from them, and the way from one kind of database to another."""
