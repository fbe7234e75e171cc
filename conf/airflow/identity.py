"""An Airflow DAG: the profiles every night, then the report page of the run, and the cleanup.

It needs the package apache-airflow-providers-apache-spark and, where Airflow's workers run, spark-submit and a Python
with the wheel. The connection spark_default says where Spark is. Variables of Airflow, none of them secret:

identity_config: the path of the configuration
identity_jobs:   what python -c "import identity_spark.jobs as jobs; print(*jobs.__path__)" says
identity_pages:  a folder for the report pages

A second run at the same time would end with exit code 5, so that one run of the DAG is active at a time. Whatever else
failed may be tried again, for a run publishes all or nothing, and a run id that is committed does nothing.
"""

from datetime import datetime, timedelta

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG

PACKAGES = "io.delta:delta-spark_4.0_2.13:4.4.0,io.graphframes:graphframes-spark4_2.13:0.9.2"
CONFIG = ["--config", "{{ var.value.identity_config }}"]
RUN_ID = ["--run-id", "nightly-{{ ts_nodash }}"]
PAGES = ["--out", "{{ var.value.identity_pages }}"]


def job(name: str, *arguments: str) -> SparkSubmitOperator:
    """The task that runs a job of the installed wheel."""
    return SparkSubmitOperator(
        task_id=name,
        name=f"identity {name}",
        application=f"{{{{ var.value.identity_jobs }}}}/{name}.py",
        application_args=[*CONFIG, *arguments],
        packages=PACKAGES,
        conf={"spark.sql.shuffle.partitions": "200", "spark.databricks.delta.snapshotPartitions": "8"},
        driver_memory="4g",
        executor_memory="8g",
    )


with DAG(
    dag_id="identity",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=35)},  # a dead run's lock is free after 30
):
    job("resolve", *RUN_ID) >> job("report", *PAGES, *RUN_ID) >> job("cleanup")
