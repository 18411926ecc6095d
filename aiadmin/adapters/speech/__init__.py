"""Voice messages over HTTP: from WhatsApp's media server, and to a service that writes down what is said."""
