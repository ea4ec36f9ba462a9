"""`warroom review`: what a show was worth, what it lost and why, as files anybody can open."""
