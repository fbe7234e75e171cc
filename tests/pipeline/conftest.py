"""A small project in a folder of its own."""

import pytest
from projects import Project


@pytest.fixture
def project(spark, tmp_path) -> Project:
    return Project(spark, tmp_path)
