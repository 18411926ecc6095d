"""What the management page, the command line and `doctor` read of salons."""
