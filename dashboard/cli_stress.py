"""`warroom stress`: nothing is oversold, proven on this machine before the show."""
