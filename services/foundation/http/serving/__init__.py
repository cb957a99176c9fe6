"""How our web apps are served: the connection, the time and room that a request may take, the server itself."""
