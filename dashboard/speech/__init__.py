"""What is said aloud: lines for the host and answers for viewers, in the words of twelve languages."""
