"""The product: an employers' association watches, by its own staff, that its members keep their code."""
