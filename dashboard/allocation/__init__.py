"""What a unit is worth where: bid prices, channel splits and small moves from one linear program over the forecast."""
