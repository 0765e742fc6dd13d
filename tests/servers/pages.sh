# What the tests of pages and dashboards need: Chromium from Debian; from npm axe-core, a driver for
# Chromium, and the types of Grafana's dashboards with what checks them.

prepare_pages() {
    COREWATCH_TEST_CHROMIUM=$(command -v chromium)
    COREWATCH_TEST_PAGES="$work/pages"
    COREWATCH_TEST_NODE=$(command -v node)
    mkdir -p "$COREWATCH_TEST_PAGES"
    # A browser of its own would be fetched else.
    PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix "$COREWATCH_TEST_PAGES" --no-audit --no-fund \
        --loglevel error axe-core@4 puppeteer-core@24 @grafana/schema@13 typescript@7
    export COREWATCH_TEST_CHROMIUM COREWATCH_TEST_PAGES COREWATCH_TEST_NODE
}
