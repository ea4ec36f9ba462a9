"""One distribution of demand, which the countdown, the allocator and the plan all reckon with."""
