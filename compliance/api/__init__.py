"""The door for other systems: JSON, by tokens that say what may be asked."""
