"""``python -m compliance``."""

from compliance.web.cli import main

main()
