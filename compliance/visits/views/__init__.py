"""The pages of visits: planning, entering, and the pictures and documents."""
