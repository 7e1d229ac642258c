"""A real Spark cluster on this machine: a master and two workers as processes of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import free_port

#: What the driver and the workers may take; the driver listens on loopback only.
#: Compiled quickly rather than well: each of these processes lives for a minute.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
_ENVIRONMENT = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": _JAVA,
                "PYSPARK_SUBMIT_ARGS": "--driver-memory 1g --conf spark.executor.memory=512m --conf spark.executor.cores=1 --conf spark.driver.host=127.0.0.1 "
                                       f"--conf spark.sql.shuffle.partitions=2 --conf spark.executor.extraJavaOptions='{_JAVA}' "
                                       f"--driver-java-options '{_JAVA}' pyspark-shell"}


@contextmanager
def spark_cluster(folder: Path):
    """The URL of a standalone master with two workers, and a session on it; a test is skipped where pyspark or Java is missing."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install -r requirements-cluster.txt")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later")
    pytest.importorskip("pyspark.sql")
    home = Path(pyspark.__file__).parent
    port = free_port()
    url = f"spark://127.0.0.1:{port}"
    environment = {**os.environ, **_ENVIRONMENT, "SPARK_HOME": str(home), "SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOG_DIR": str(folder)}
    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port())]
    worker = ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "768m", url]
    with contextlib.ExitStack() as running:
        for name, arguments in (("master", master), ("worker1", worker), ("worker2", worker)):
            running.enter_context(_process([home / "bin" / "spark-class", *arguments], folder / f"{name}.log", environment))
        _wait_for_workers(folder / "master.log", 2)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in _ENVIRONMENT.items():
                patch.setenv(name, value)
            # one session for all that a test asks for: each would start executors of its own
            session = pyspark.sql.SparkSession.builder.master(url).config("spark.ui.enabled", "false").getOrCreate()
            try:
                yield url
            finally:
                session.stop()


@contextmanager
def _process(command, log: Path, environment):
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_workers(log: Path, wanted: int) -> None:
    until = time.monotonic() + 120
    while log.read_text("utf8", "replace").count("Registering worker") < wanted:
        assert time.monotonic() < until, f"the workers did not come: {log.read_text('utf8', 'replace')[-800:]}"
        time.sleep(0.2)
