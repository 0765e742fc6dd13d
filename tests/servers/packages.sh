# Debian packages that the tests need, put there where they are missing.

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The folder of PostgreSQL's own programs, of the newest version installed.
postgres_programs() {
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1
}

odbc_driver_is_there() {
    grep -q "$1" /etc/odbcinst.ini 2>/dev/null
}

install_what_is_missing() {
    local missing=()
    command -v python3 >/dev/null || missing+=(python3)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v curl >/dev/null || missing+=(curl)
    command -v dpkg-shlibdeps >/dev/null || missing+=(dpkg-dev)
    command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
    command -v rpm >/dev/null || missing+=(rpm)
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    command -v promtool >/dev/null || missing+=(prometheus)
    command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
    command -v amtool >/dev/null || missing+=(prometheus-alertmanager)
    command -v curl >/dev/null || missing+=(curl)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v soffice >/dev/null || missing+=(libreoffice-calc)
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    command -v qpdf >/dev/null || missing+=(qpdf)
    command -v npm >/dev/null || missing+=(nodejs npm)
    [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
    [ -x /usr/sbin/exim4 ] || missing+=(exim4-daemon-light)
    [ -x "$(postgres_programs)/initdb" ] || missing+=(postgresql)
    [ -e /usr/include/sql.h ] || missing+=(unixodbc-dev)
    odbc_driver_is_there psqlodbcw.so || missing+=(odbc-postgresql)
    odbc_driver_is_there libsqlite3odbc.so || missing+=(libsqliteodbc)
    odbc_driver_is_there libmaodbc.so || missing+=(odbc-mariadb)
    if [ "${#missing[@]}" = 0 ]; then
        echo "nothing is missing"
        return
    fi
    echo "installing ${missing[*]}"
    # Debian starts a service as soon as its package is there, unless this file says no.
    local rule=/usr/sbin/policy-rc.d put=no
    if [ ! -e "$rule" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$rule" >/dev/null
        as_root chmod 755 "$rule"
        put=yes
    fi
    local outcome=0
    as_root apt-get -qq update || outcome=$?
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        "${missing[@]}" >"$work/apt.log" 2>&1 </dev/null || outcome=$?
    [ "$put" = no ] || as_root rm -f "$rule"
    if [ "$outcome" != 0 ]; then
        tail -n 20 "$work/apt.log" >&2
        echo "tests/run: ${missing[*]} could not be installed; see the lines above" >&2
        return "$outcome"
    fi
}
