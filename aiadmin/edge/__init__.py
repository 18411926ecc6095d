"""Between the network and the application: connections, their deadlines, and what one peer may take of us.

Nothing here knows what a request means. It is imported by gunicorn's master before the worker's libraries are made
cooperative, so it imports neither Flask nor anything else that opens sockets.
"""
