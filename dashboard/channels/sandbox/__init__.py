"""The pretended platforms that demos, stress runs and tests sell through."""
