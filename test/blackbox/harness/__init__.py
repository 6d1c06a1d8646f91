"""What the tests share: the server as a process, and clients that say exactly what goes over the wire."""
