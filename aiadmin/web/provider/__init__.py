"""YClients' own notifications, sent for it (`/smsprovider/`): routes."""
