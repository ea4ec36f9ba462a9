"""The automatic operator: a frame goes in, proposals come out, one rule a file."""
