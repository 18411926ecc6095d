"""What a burst names: services, masters, relatives, guests and names."""
