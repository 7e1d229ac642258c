"""Records to series: indicators that are statistics of records, on DuckDB, PostgreSQL or Apache Spark.

A statistic is written once, as Ibis expressions in the module of its indicator. Ibis only makes the
SQL; the engine's own driver runs it, so that no data frame is held here. An engine adds up whole
numbers and answers with small tables; what is divided and rounded is divided and rounded here, in
exact fractions, so that every engine gives the same figure to its last digit.
"""
