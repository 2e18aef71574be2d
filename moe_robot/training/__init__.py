"""How the learned router is made: templates -> sentences -> a small network -> models/router. Nothing of it runs in a
robot."""
