"""Updates by a signed bundle, each step on disk before it is taken: see README.md."""
