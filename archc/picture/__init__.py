"""Pictures of networks: what is drawn, where it stands, and the files it is written to. Without a framework."""
