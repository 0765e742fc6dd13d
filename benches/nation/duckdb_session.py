# Loads the tables into a DuckDB file and evaluates there: the times of the rules and of all, the
# counts, and the most memory in use. Arguments: the folder, the tables, the rules.
import resource, sys, time
import duckdb

folder, tables, rules = sys.argv[1], sys.argv[2].split(","), sys.argv[3].split(",")
connection = duckdb.connect(f"{folder}/nation.duckdb")
connection.execute(open(f"{folder}/tables.sql").read())
for table in tables:
    connection.execute(f"COPY {table} FROM '{folder}/{table}.csv' (HEADER false, NULLSTR '')")
connection.execute("CHECKPOINT")
connection.close()
connection = duckdb.connect(f"{folder}/nation.duckdb")
statements = [open(f"{folder}/{rule}.rule.sql").read() for rule in rules]
for measured in (False, True):
    began = time.monotonic()
    for rule, sql in zip(rules, statements):
        rule_began = time.monotonic()
        rows = connection.execute(sql).fetchall()
        if measured:
            print("rule", rule, f"{time.monotonic() - rule_began:.3f}", sep="\t")
            for state, count in rows:
                print("count", rule, state, count, sep="\t")
    whole = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print("whole", f"{whole:.3f}", peak, sep="\t")
