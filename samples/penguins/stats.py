"""Computes counts, means and missing values per species and sex, to /work/out/result.json."""

import json
from pathlib import Path

import pandas as pd

MEASURES = {
    "culmen_length_mm": "Culmen Length (mm)",
    "culmen_depth_mm": "Culmen Depth (mm)",
    "flipper_length_mm": "Flipper Length (mm)",
    "body_mass_g": "Body Mass (g)",
}

table = pd.read_csv("/work/in/penguins.csv", na_values=["NA", "."], keep_default_na=False)
table["species"] = table["Species"].str.split().str[0]
table["sex"] = table["Sex"].str.lower().fillna("unknown")

groups = []
for (species, sex), rows in table.groupby(["species", "sex"], sort=True):
    columns = {short: pd.to_numeric(rows[column]) for short, column in MEASURES.items()}
    groups.append(
        {
            "species": species,
            "sex": sex,
            "count": len(rows),
            "means": {name: None if c.isna().all() else round(float(c.mean()), 4) for name, c in columns.items()},
            "missing": {name: int(c.isna().sum()) for name, c in columns.items()},
        }
    )

with Path("/work/out/result.json").open("w", encoding="utf-8") as out:
    json.dump({"rows": len(table), "groups": groups}, out, indent=1)
print(f"{len(table)} rows in {len(groups)} groups")
