"""Pages that show or cause more than one noun, one module for each group of pages."""
