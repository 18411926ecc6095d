"""Conversations that are played against the bot, and the judgement of what it did.

`tests/conversations/FORMAT.md` is the form.
"""
