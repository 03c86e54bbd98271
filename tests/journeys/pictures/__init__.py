"""The pictures of README and handbook, made from the running program: bin/pictures."""
