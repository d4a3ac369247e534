"""The audit trail as people read it: a page to search it, a file for an auditor, and its anchors."""
