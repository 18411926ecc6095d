"""Days and times in what clients write, by a grammar of our own: words -> numerals -> clock and calendar -> meaning.

No library is used: the best answers wrongly and confidently in one of four phrases, and gives instants where a talk
needs parts (docs/decisions.md).
"""
