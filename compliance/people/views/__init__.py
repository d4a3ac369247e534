"""The pages of people: accounts and members, and getting in."""
