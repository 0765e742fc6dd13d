# A private PostgreSQL: tests make a database each in it.

start_postgres() {
    local programs port password=postgres-of-the-tests
    programs=$(postgres_programs)
    port=$(free_port)
    postgres_folder=$work/postgres
    mkdir "$postgres_folder"
    printf '%s' "$password" >"$postgres_folder/password"
    give_to postgres "$postgres_folder"
    as postgres "$programs/initdb" --pgdata "$postgres_folder/data" --username corewatch \
        --pwfile "$postgres_folder/password" --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 \
        >"$work/postgres.log" 2>&1
    # What it holds is thrown away: it need not survive a power cut, only be quick.
    as postgres "$programs/pg_ctl" --pgdata "$postgres_folder/data" --wait --silent \
        --log "$postgres_folder/server.log" --options "-p $port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories=$postgres_folder -c fsync=off -c full_page_writes=off \
        -c synchronous_commit=off -c max_connections=300" start </dev/null >/dev/null
    export COREWATCH_TEST_POSTGRES="postgres://corewatch:$password@127.0.0.1:$port/postgres"
}

stop_postgres() {
    [ -n "${postgres_folder:-}" ] || return 0
    as postgres "$(postgres_programs)/pg_ctl" --pgdata "$postgres_folder/data" --mode immediate \
        --wait --silent stop || true
}
