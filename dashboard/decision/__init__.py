"""The only yes or no: commands, events, refusals, the ledger and the machine; standard library and msgspec alone."""
