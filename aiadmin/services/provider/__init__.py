"""YClients' own notifications, sent for it (`/smsprovider/`): use cases."""
