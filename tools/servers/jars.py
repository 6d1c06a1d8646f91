"""Java servers come as jars through Maven, once, into build/servers/ of this tree."""
import os
import pathlib
import shutil
import subprocess
import tempfile

from servers.service import ServiceError, program

_TREE = pathlib.Path(__file__).resolve().parents[2]

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>thingstead.tools</groupId><artifactId>{name}</artifactId><version>1</version>
  <dependencies>
{dependencies}
  </dependencies>
</project>
"""
_DEPENDENCY = ("    <dependency><groupId>{0}</groupId><artifactId>{1}</artifactId><version>{2}</version>"
               "<scope>runtime</scope></dependency>")
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"


def jars(name, *coordinates):
    """The folder with the jars of `group:artifact:version`… and of all they need; fetched if it is not there."""
    folder = _TREE / "build" / "servers" / name
    wanted = "\n".join(coordinates) + "\n"
    mark = folder / "coordinates"
    if mark.is_file() and mark.read_text() == wanted:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder.parent))
    try:
        _fetch(work, name, coordinates)
        mark_made = work / "jars" / "coordinates"
        mark_made.write_text(wanted)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(work / "jars", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _fetch(work, name, coordinates):
    dependencies = "\n".join(_DEPENDENCY.format(*each.split(":")) for each in coordinates)
    (work / "pom.xml").write_text(_POM.format(name=name, dependencies=dependencies))
    maven = subprocess.run([program("mvn", package="maven"), "-q", "-B", _PLUGIN, "-DincludeScope=runtime",
                            f"-DoutputDirectory={work / 'jars'}"], cwd=work, capture_output=True, text=True)
    if maven.returncode != 0:
        raise ServiceError(f"the jars of {name} were not fetched:\n{maven.stdout[-2000:]}{maven.stderr[-2000:]}")


def java():
    """The path of the Java run-time."""
    return program("java", "/usr/lib/jvm/java-17-openjdk-amd64/bin", package="openjdk-17-jre-headless")
