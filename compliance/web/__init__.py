"""The roof: application factory, settings, menu, headers, error pages, commands."""
