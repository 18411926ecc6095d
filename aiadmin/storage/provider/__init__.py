"""YClients' own notifications, sent for it (`/smsprovider/`): rows."""
