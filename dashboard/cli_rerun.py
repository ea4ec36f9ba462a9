"""`warroom rerun`: the same orders under other decisions."""
