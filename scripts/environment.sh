# Sourced by the other scripts: everything a fresh Debian or Ubuntu machine needs, made once and then only checked.
#   .venv         Python with the pins of requirements.txt
#   .spark/jars   the Spark packages (Delta, GraphFrames)
#   JAVA_HOME     Java 17 or 21

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv
JARS=$ROOT/.spark/jars
export PYTHONPATH=$ROOT${PYTHONPATH:+:$PYTHONPATH}

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 2; }
shown() { sed -un "$1" >&2; }                # shown SCRIPT: of what another program says, the lines that tell what takes so long
pin() { sed -n "s/^$1==\([^ ]*\).*/\1/p" "$ROOT/requirements.txt"; }

apt_install() {                             # apt_install PACKAGE...: only as root, on Debian and its kin
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing $*"
    { apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } 2>/dev/null |
        shown 's/^Get:[0-9]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .*\[\(.*\)\]/  downloading \1 (\2)/p'
}

java_major() {                              # java_major JAVA: as its home says; Java itself is started where that says nothing
    local home version
    home=$(dirname "$(dirname "$(readlink -f "$1")")")
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null) || true
    echo "${version:-$("$1" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)}"
}

find_java() {                               # sets JAVA_HOME to the first Java 17 or 21 there is
    local java
    for java in "${JAVA_HOME:-/nonexistent}/bin/java" "$(command -v java)" /usr/lib/jvm/*/bin/java; do
        [ -x "$java" ] || continue
        case $(java_major "$java") in 17 | 21)
            JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$java")")")
            export JAVA_HOME
            return 0 ;;
        esac
    done
    return 1
}

ensure_java() {
    find_java && return
    apt_install openjdk-17-jre-headless || apt_install openjdk-21-jre-headless || true
    find_java || fail "Spark needs Java 17 or 21, found ${1:-$(command -v java >/dev/null && java_major java || echo none)}; \
install one (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) or point JAVA_HOME at it"
}

ensure_python() {
    cmp -s "$ROOT/requirements.txt" "$VENV/requirements.txt" && return
    local python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || fail "Python 3.10 or newer is needed as python3, or named by PYTHON"
    if [ ! -x "$VENV/bin/pip" ]; then
        say "making .venv"
        "$python" -m venv "$VENV" >/dev/null 2>&1 || { apt_install python3-venv && "$python" -m venv "$VENV" >/dev/null; } ||
            fail "$python cannot make a virtual environment; install python3-venv"
    fi
    say "installing the Python packages of requirements.txt"
    "$VENV/bin/pip" install --progress-bar off --disable-pip-version-check -r "$ROOT/requirements.txt" |
        shown 's/^ *Downloading /  downloading /p
               s/^ *Building wheel for \([^ ]*\) .*: started/  building \1/p
               s/^Installing collected .*/  unpacking/p' ||
        fail "pip could not install requirements.txt"
    cp "$ROOT/requirements.txt" "$VENV/requirements.txt"
}

resolve() {                                 # resolve COORDINATES IVY: by Spark's own Ivy, into the folder IVY
    echo 'pass' >"$ROOT/.spark/nothing.py"
    "$VENV/bin/spark-submit" --conf "spark.jars.ivy=$2" --packages "$1" "$ROOT/.spark/nothing.py" 2>&1 |
        tee "$ROOT/.spark/resolve.log" | shown 's|^downloading .*/\([^/]*\.jar\) .*|  downloading \1|p'
}

ensure_packages() {                         # ensure_packages [SPARK JARS]: those of a version of Spark, in the folder JARS
    local spark=${1:-$(pin pyspark)} jars=${2:-$JARS} delta graphframes delta_jar official fallback wanted ivy
    delta=$(pin delta-spark) graphframes=$(pin graphframes-py) ivy=$(dirname "$jars")/ivy
    delta_jar=io.delta:delta-spark_${spark%.*}_2.13:$delta
    official=io.graphframes:graphframes-spark4_2.13:$graphframes
    fallback=org.apache.sedona:sedona-spark-shaded-4.0_2.13:1.8.0       # brings the classes of GraphFrames 0.9.2, unrenamed
    wanted="$delta_jar $official"
    [ "$(cat "$jars/resolved" 2>/dev/null)" = "$wanted" ] && return
    say "resolving the Spark packages"
    rm -rf "$jars" && mkdir -p "$jars"
    if ! resolve "$delta_jar,$official" "$ivy"; then
        say "$official is not served here; using $fallback, which carries the same GraphFrames classes"
        resolve "$delta_jar,$fallback" "$ivy" || fail "the Spark packages cannot be resolved; see .spark/resolve.log"
    fi
    # What else Ivy brings (Hadoop, Parquet, Jackson ...) is already part of Spark.
    find "$ivy/jars" -regex '.*/\(io.delta\|io.unitycatalog\|io.graphframes\|org.apache.sedona\)_.*' -exec cp {} "$jars" \;
    [ "$(ls "$jars" | grep -cE '^(io.delta_delta-spark|io.graphframes|org.apache.sedona)')" = 2 ] || fail "Ivy left no Delta or GraphFrames jar in $ivy/jars"
    echo "$wanted" >"$jars/resolved"
}

ensure_all() {
    mkdir -p "$ROOT/.spark"
    ensure_python
    # The pyspark of .venv is the Spark that runs, not another one on this machine.
    SPARK_HOME=$(echo "$VENV"/lib/python3*/site-packages/pyspark)
    PYSPARK_PYTHON=$VENV/bin/python
    export SPARK_HOME PYSPARK_PYTHON
    ensure_java
    ensure_packages
}
