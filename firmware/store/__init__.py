"""The store: the one SQLite file and the only SQL of the project. See README.md."""
