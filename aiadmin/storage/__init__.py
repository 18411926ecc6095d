"""PostgreSQL. Rows and domain values are two things: no ORM object leaves this package."""
