"""The language server: what editors show while a spec is typed. Only `server` knows the protocol and its library."""
