"""Mesa, loaded without what its progress bar says of a notebook that has no widgets."""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="IProgress not found")
    import mesa

__all__ = ["mesa"]
