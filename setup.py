"""Packaging: the library, and inside it the jobs and the facts of ``conf/``.

Where the platform brings Spark and Delta, as Databricks does, SPARK_PROVIDED=1 makes a wheel that requires neither.
"""

import os
import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).resolve().parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "identity_spark" / "__init__.py").read_text("utf-8"))[1]
COMMANDS = {f"identity-{file.stem.replace('_', '-')}": file.stem for file in sorted((HERE / "jobs").glob("*.py"))}
SPARK = ["pyspark>=4.0.1,<4.2", "delta-spark>=4.0.1,<5"]

setup(
    name="identity-spark",
    version=VERSION,
    description="Resolves source tables into one golden record per person or company, keyed by a lasting dinmo_id.",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license_expression="Apache-2.0",
    license_files=["LICENSE"],
    keywords=["entity resolution", "record linkage", "identity resolution", "golden record", "spark", "delta"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Database",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    packages=[
        *find_namespace_packages(include=["identity_spark", "identity_spark.*"]),
        "identity_spark.conf",
        "identity_spark.jobs",
    ],
    package_dir={"identity_spark.conf": "conf", "identity_spark.jobs": "jobs"},
    package_data={
        "identity_spark": ["py.typed"],
        "identity_spark.conf": ["*.yaml"],
        "identity_spark.audit.page": ["templates/*", "templates/sections/*"],
    },
    entry_points={
        "console_scripts": [f"{name} = identity_spark.jobs.{job}:main" for name, job in COMMANDS.items()],
        "identity_spark.tasks": [f"{name}-task = identity_spark.jobs.{job}:task" for name, job in COMMANDS.items()],
    },
    install_requires=[
        *([] if os.environ.get("SPARK_PROVIDED") else SPARK),
        "graphframes-py>=0.9.2,<0.13",
        "numpy>=1.26",  # graphframes-py imports it without declaring it
        "PyYAML>=6.0",
        "networkx>=3.2",
        "Jinja2>=3.1",
    ],
)
