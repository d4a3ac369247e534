"""What must be true of every route, template, table, migration, checklist, word, command and document."""
