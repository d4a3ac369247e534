"""People: accounts, roles, permits, invitations and ties."""
