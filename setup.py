"""Packaging: the library, and the facts of ``conf/`` inside it."""

import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).resolve().parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "identity_spark" / "__init__.py").read_text("utf-8"))[1]

setup(
    name="identity-spark",
    version=VERSION,
    description="Resolves source tables into one golden record per person or company, keyed by a lasting dinmo_id.",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=[*find_namespace_packages(include=["identity_spark", "identity_spark.*"]), "identity_spark.conf"],
    package_dir={"identity_spark.conf": "conf"},
    package_data={
        "identity_spark.conf": ["*.yaml", "*.md"],
        "identity_spark.page": ["templates/*", "templates/sections/*"],
    },
    install_requires=[
        "pyspark>=4.0.1,<4.2",
        "delta-spark>=4.0.1,<5",
        "graphframes-py>=0.9.2,<0.13",
        "numpy>=1.26",  # graphframes-py imports it without declaring it
        "PyYAML>=6.0",
        "networkx>=3.2",
        "Jinja2>=3.1",
    ],
)
