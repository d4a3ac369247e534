"""What every noun stands on: clock, ids, database, problems, audit, files, jobs, mail, words, press."""
