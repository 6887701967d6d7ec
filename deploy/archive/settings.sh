# Read by start, stop and check: where the archive lies, its ports, and how its
# processes are started and ended. Each variable may come from the environment.

export ARCHIVE_DATA=${ARCHIVE_DATA:-/var/tmp/eris-archive}
export ARCHIVE_AET=${ARCHIVE_AET:-CITY}
export ARCHIVE_HOST=${ARCHIVE_HOST:-localhost} # the name in the certificate
export ARCHIVE_LISTEN=${ARCHIVE_LISTEN:-127.0.0.1}
# From outside:
export ARCHIVE_PORT_HTTPS=${ARCHIVE_PORT_HTTPS:-8443}
export ARCHIVE_PORT_DICOMS=${ARCHIVE_PORT_DICOMS:-2762}
export ARCHIVE_PORT_DICOM=${ARCHIVE_PORT_DICOM:-11112}
# Inside:
export ARCHIVE_PORT_SQL=${ARCHIVE_PORT_SQL:-5442}
export ARCHIVE_PORT_HTTP_A=${ARCHIVE_PORT_HTTP_A:-8051} ARCHIVE_PORT_HTTP_B=${ARCHIVE_PORT_HTTP_B:-8052}
export ARCHIVE_PORT_DIMSE_A=${ARCHIVE_PORT_DIMSE_A:-4251} ARCHIVE_PORT_DIMSE_B=${ARCHIVE_PORT_DIMSE_B:-4252}
# Whom root hands the processes to; postgres will not run as root.
ARCHIVE_USER=${ARCHIVE_USER:-postgres}

postgresql=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
PATH=$PATH:/usr/sbin:$postgresql

die() { echo "$*" >&2; exit 1; }

# as runs a command as the unprivileged user, in the same process.
as() {
  if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid="$ARCHIVE_USER" --regid="$(id -g "$ARCHIVE_USER")" --init-groups -- "$@"
  fi
  exec "$@"
}

pid_of() { cat "$ARCHIVE_DATA/run/$1.pid" 2>/dev/null || true; }

# runs reports that the process of a pid file is there and is the archive's: a
# number may have gone to somebody else since.
runs() {
  local pid
  pid=$(pid_of "$1")
  [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$ARCHIVE_DATA/"
}

# gone reports a number that no living process has; a dead one that nobody has
# fetched still holds it, as in a container without an init.
gone() { ! grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }

# finish ends a process by a signal and waits; after 20 seconds it ends the whole
# group. What a killed process left behind in its group ends too.
finish() {
  local name=$1 signal=$2 pid i
  pid=$(pid_of "$name")
  [ -n "$pid" ] || return 0
  if runs "$name"; then
    kill "-$signal" "$pid" 2>/dev/null || true
    for ((i = 0; i < 200; i++)); do
      runs "$name" || break
      sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
  elif gone "$pid"; then
    kill -KILL -- "-$pid" 2>/dev/null || true # a group outlives its leader, and its number is not given away
  fi
  rm -f "$ARCHIVE_DATA/run/$name.pid"
}

# launch starts a process in a group of its own and writes its pid file. What a
# killed one of that name left behind ends before.
launch() {
  local name=$1
  shift
  finish "$name" KILL
  (
    cd "$ARCHIVE_DATA" || exit
    as setsid "$@"
  ) </dev/null >>"$ARCHIVE_DATA/log/$name.out" 2>&1 &
  echo $! >"$ARCHIVE_DATA/run/$name.pid"
}
