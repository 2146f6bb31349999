"""Call frequencies to a visit calendar."""
