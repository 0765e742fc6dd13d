# A private mail server (Exim): STARTTLS on one port, TLS from the first byte on another, a login
# that is asked for, and one folder that every message it takes is put into, in Maildir form.
#
# Addresses with a life of their own: refused…@ is refused for good (550), later…@ for now (451).

start_mail() {
    local port tls_port folder=$work/mail
    port=$(free_port)
    tls_port=$(free_port)
    mkdir -p "$folder/spool" "$folder/log" "$folder/received/new" "$folder/received/cur" "$folder/received/tmp"
    # An issuer of the site's own, and the server's certificate from it.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=Issuer of the tests" -keyout "$folder/issuer.key" -out "$folder/issuer.pem" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=localhost" \
        -keyout "$folder/server.key" -out "$folder/server.csr" 2>/dev/null
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/issuer.pem" -CAkey "$folder/issuer.key" \
        -CAcreateserial -days 2 -out "$folder/server.pem" \
        -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n') 2>/dev/null
    sed -e "s|FOLDER|$folder|g" -e "s|TLS_PORT|$tls_port|g" -e "s|PORT|$port|g" \
        tests/servers/exim.conf >"$folder/exim.conf"
    give_to Debian-exim "$folder"
    as Debian-exim /usr/sbin/exim4 -C "$folder/exim.conf" -bdf -q3s >"$work/exim.log" 2>&1 </dev/null &
    mail_pid_file=$folder/exim.pid
    wait_for "the mail server" port_answers "$port"
    wait_for "the mail server" port_answers "$tls_port"
    export COREWATCH_TEST_SMTP="localhost:$port"
    export COREWATCH_TEST_SMTP_IMPLICIT="localhost:$tls_port"
    export COREWATCH_TEST_SMTP_USERNAME=corewatch
    export COREWATCH_TEST_SMTP_PASSWORD=mail-of-the-tests
    export COREWATCH_TEST_SMTP_CA="$folder/issuer.pem"
    export COREWATCH_TEST_SMTP_RECEIVED="$folder/received/new"
}

# Waits for the deliveries under way, which outlive the daemon: they write into the folder that goes.
stop_mail() {
    [ -n "${mail_pid_file:-}" ] || return 0
    stop_by_pid_file "$mail_pid_file"
    for _ in $(seq 200); do
        pgrep -f "$(dirname "$mail_pid_file")/exim.conf" >/dev/null || return 0
        sleep 0.1
    done
}
