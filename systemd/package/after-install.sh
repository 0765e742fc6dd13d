systemd-sysusers corewatch.conf
systemd-tmpfiles --create corewatch.conf || true
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    # Of an upgrade: what runs goes on with the new program.
    systemctl try-restart corewatch.service
fi
