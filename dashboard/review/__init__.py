"""After the show: any of it decided again, what it lost and why, and what to plan next."""
