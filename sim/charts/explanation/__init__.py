"""The charts of an explanation: terms at a decision, terms and hazard by month with their events, removals."""
