"""The handbook: pages in both languages for each kind of reader, with parts made from the product's own data."""
