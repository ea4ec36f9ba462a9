"""The command that writes down what was said: `warroom claims`."""
