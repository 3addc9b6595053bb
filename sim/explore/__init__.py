"""A local page on which the levers of a scenario move and the runs follow: its levers, its answers, its server."""
