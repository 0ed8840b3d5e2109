"""One page of HTML about a network: picture, cost, source, and what was proven, trained and seen, if anything was."""
