"""Profile resolution on Spark: source tables in, one golden record per real person or company out."""

__version__ = "0.1.0"
