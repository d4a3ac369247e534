"""The law as data: code of conduct, laws, items and policy, parsed once, published as immutable versions."""
