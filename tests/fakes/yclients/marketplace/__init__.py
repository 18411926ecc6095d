"""The marketplace as a partner sees it. Its routes are not under `/api/v1` and need the partner's token alone.

``link``      how far one app is installed in one salon
``billing``   payments, refunds, discounts: the rules
``redirect``  what the owner's browser carries to the partner after "Connect"
``partner``   the routes of activation; ``installed`` those of what is installed; ``payments`` those of money
"""
