"""Routes that set what a browser remembers and open what a link may open."""
