# A private MariaDB: tests make a database each in it.

start_mariadb() {
    local port password=mariadb-of-the-tests folder=$work/mariadb
    port=$(free_port)
    mkdir "$folder"
    give_to mysql "$folder"
    as mysql mariadb-install-db --no-defaults --datadir="$folder/data" --skip-test-db \
        --auth-root-authentication-method=normal >"$work/mariadb.log" 2>&1
    as mysql /usr/sbin/mariadbd --no-defaults --datadir="$folder/data" --port="$port" \
        --bind-address=127.0.0.1 --socket="$folder/socket" --pid-file="$folder/pid" \
        --innodb-flush-log-at-trx-commit=0 --max-connections=300 >>"$work/mariadb.log" 2>&1 &
    mariadb_pid_file=$folder/pid
    wait_for "MariaDB" mariadb-admin --no-defaults --socket="$folder/socket" --user=root ping
    mariadb --no-defaults --socket="$folder/socket" --user=root --execute="
        CREATE USER corewatch@'127.0.0.1' IDENTIFIED BY '$password';
        GRANT ALL ON *.* TO corewatch@'127.0.0.1' WITH GRANT OPTION;
        CREATE DATABASE corewatch;"
    export COREWATCH_TEST_MARIADB="mysql://corewatch:$password@127.0.0.1:$port/corewatch"
}

stop_mariadb() {
    stop_by_pid_file "${mariadb_pid_file:-}"
}
