"""For who runs this: health, metrics, the bare address."""
