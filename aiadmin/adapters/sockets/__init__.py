"""Socket.IO across processes."""
