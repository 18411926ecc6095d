"""What every route shares: guards, errors, bodies, schemas, limits, headers."""
