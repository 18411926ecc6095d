"""What replies say, as values of a turn's facts; `texts.chat` has a sentence for each."""
