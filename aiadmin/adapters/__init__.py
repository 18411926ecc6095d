"""One outside thing per module; each satisfies a port in `aiadmin.services.ports`."""
