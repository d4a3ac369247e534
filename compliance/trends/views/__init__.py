"""Pages of the trends, one module for each group of them; ``frame`` holds what they share."""
