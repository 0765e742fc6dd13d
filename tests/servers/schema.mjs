// Holds the dashboards against the types that Grafana publishes (npm @grafana/schema): every key known,
// every value of its kind, of the dashboard itself and of each panel's options and field settings.
// Prints TypeScript's complaints, a line each.
//   node schema.mjs FOLDER DASHBOARD.json…
// FOLDER has node_modules with @grafana/schema and typescript.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { spawnSync } from "node:child_process";

const [folder, ...files] = process.argv.slice(2);
const raw = (type) => `@grafana/schema/dist/esm/raw/composable/${type.toLowerCase()}/panelcfg/x/${type}PanelCfg_types.gen`;
const types = { stat: "Stat", timeseries: "TimeSeries", bargauge: "BarGauge", table: "Table" };

// JSON has the values of an enumeration, not its names; and what is left out is filled in by Grafana.
let code = `
import type { Dashboard, TableFieldOptions } from "@grafana/schema";
${Object.values(types).map((type) => `import type * as ${type} from "${raw(type)}";`).join("\n")}
type Plain<T> =
  T extends string ? \`\${T}\` :
  T extends number | boolean | null | undefined ? T :
  T extends (infer U)[] ? Plain<U>[] :
  T extends object ? { [K in keyof T]?: Plain<T[K]> } : T;
`;
for (const file of files) {
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  const name = basename(file, ".json").replace(/\W/g, "_");
  // The first step of thresholds has no number in JSON; its type says that it has one.
  const bare = (_, value) => value?.steps?.[0]?.value === null
    ? { ...value, steps: [{ ...value.steps[0], value: 0 }, ...value.steps.slice(1)] } : value;
  code += `export const ${name}: Plain<Dashboard> = ${JSON.stringify(dashboard, bare)};\n`;
  for (const { id, type, options, fieldConfig } of dashboard.panels) {
    const custom = { timeseries: "TimeSeries.FieldConfig", table: "TableFieldOptions" }[type] ?? "Record<string, never>";
    code += `export const ${name}_${id}: Plain<${types[type]}.Options> = ${JSON.stringify(options)};\n`;
    code += `export const ${name}_${id}_custom: Plain<${custom}> = ${JSON.stringify(fieldConfig.defaults.custom ?? {})};\n`;
  }
}
const written = join(folder, "dashboards.ts");
writeFileSync(written, code);
const checked = spawnSync(join(folder, "node_modules/.bin/tsc"),
  ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022", "--lib", "es2022,dom", written],
  { cwd: folder, encoding: "utf8" });
process.stdout.write(checked.stdout + checked.stderr);
process.exit(checked.status);
