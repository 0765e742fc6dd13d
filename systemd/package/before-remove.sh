# 0: removed for good; else another version takes its place.
if [ "$1" = 0 ] && [ -d /run/systemd/system ]; then
    systemctl --no-reload disable --now corewatch.service
fi
