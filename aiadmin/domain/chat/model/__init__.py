"""A language model as a second reader: what it is asked, what its answer may mean, when it is left alone."""
