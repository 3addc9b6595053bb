"""The charts of a sweep: the outcome along one varied number, over two or three, or against each of many."""
