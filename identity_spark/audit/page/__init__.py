"""The report page of a run, made from plain values; nothing here needs Spark."""

from identity_spark.audit.page.facts import Facts, Profile
from identity_spark.audit.page.flow import MOST_RULES, MOST_SOURCES
from identity_spark.audit.page.rendering import SECTIONS, render

__all__ = ["MOST_RULES", "MOST_SOURCES", "SECTIONS", "Facts", "Profile", "render"]
