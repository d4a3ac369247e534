"""The tablet: its law in the browser, its pages, and both at work."""
