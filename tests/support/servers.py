"""Servers of Spark on this machine's loopback: a Spark Connect server, and a standalone cluster."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark
from sessions import PACKAGES

from identity_spark.storage.session import DELTA_SETTINGS

SPARK_HOME = Path(pyspark.__file__).parent
VENV_BIN = Path(sys.executable).parent
LOOPBACK = "127.0.0.1"
PATIENCE = 180  # seconds that a server may take to come up
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
SMALL = {"spark.databricks.delta.snapshotPartitions": "2", "spark.sql.shuffle.partitions": "4"}


def jars() -> str:
    return ",".join(str(jar) for jar in sorted(PACKAGES.glob("*.jar")))


def environment(**more: str) -> dict[str, str]:
    """That of this process, without what would help a job to find the checkout."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SPARK_REMOTE", "PYSPARK_GATEWAY_PORT")}
    own = {"SPARK_LOCAL_IP": LOOPBACK, "SPARK_HOME": str(SPARK_HOME), "PYSPARK_PYTHON": sys.executable}
    return {**kept, **own, **more}


def options(settings: Mapping[str, str]) -> list[str]:
    return [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]


@contextmanager
def connect_server(folder: Path) -> Iterator[str]:
    """The address of a Spark Connect server with Delta, its tables under ``folder``/warehouse."""
    port = _free_port()
    settings = {
        **DELTA_SETTINGS,
        **SMALL,
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    command = [VENV_BIN / "spark-submit", "--master", "local[2]", "--driver-memory", "2g", "--jars", jars()]
    with _running([*command, *options(settings), "--class", CONNECT], folder, "connect", port):
        yield f"sc://{LOOPBACK}:{port}"


@contextmanager
def standalone_cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The address of a master, and its workers of one core each."""
    port = _free_port()
    spark_class = SPARK_HOME / "bin" / "spark-class"
    address = f"spark://{LOOPBACK}:{port}"
    with ExitStack() as running:
        of_master = ["--host", LOOPBACK, "--port", str(port), "--webui-port", "0"]
        running.enter_context(_running([spark_class, MASTER, *of_master], folder, "master", port))
        of_worker = ["--host", LOOPBACK, "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        started = []
        for n in range(workers):
            own = ["--port", str(_free_port()), "--work-dir", folder / f"worker_{n}"]
            command = [spark_class, WORKER, *of_worker, *own, address]
            started.append(running.enter_context(_running(command, folder, f"worker_{n}", int(own[1]))))
        yield address, started


def kill(server: subprocess.Popen) -> None:
    """Ends ``server`` and all it started at once, as a machine that goes dark."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@contextmanager
def _running(command: list, folder: Path, name: str, port: int) -> Iterator[subprocess.Popen]:
    """The process, from when it listens on ``port``; killed with all it started in the end."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            list(map(str, command)), cwd=folder, env=environment(), stdout=out, stderr=out, start_new_session=True
        )
    try:
        _await(port, process, log)
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def _await(port: int, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"{log.name}: it does not listen:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])
