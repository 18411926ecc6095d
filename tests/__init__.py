"""The tests, and the fakes they and the demo share."""
