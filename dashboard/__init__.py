"""The live war room: where stock is, how fast it sells, when it runs out, and what to do about it."""
