"""What a result or a scenario hangs on: explanation, comparison, sensitivity, and how good forecasts were."""
