"""What a result or a scenario hangs on: comparison, explanation, sensitivity, and what was fitted."""
