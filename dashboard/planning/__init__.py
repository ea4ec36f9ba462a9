"""What is worked out before the show."""
