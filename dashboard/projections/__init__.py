"""Events folded into tables, one reading a file; the frame gathers them."""
