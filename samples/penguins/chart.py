"""Plots flipper length against body mass, a colour per species and a mark per sex, to /work/out/penguins.png."""

import matplotlib.pyplot as plt
import pandas as pd

COLOURS = {"Adelie": "#1b9e77", "Chinstrap": "#d95f02", "Gentoo": "#7570b3"}
MARKS = {"FEMALE": "o", "MALE": "^"}

table = pd.read_csv("/work/in/penguins.csv", na_values=["NA", "."], keep_default_na=False)
table["species"] = table["Species"].str.split().str[0]

figure, axes = plt.subplots(figsize=(8, 5.5), layout="constrained")
for (species, sex), rows in table.dropna(subset=["Sex"]).groupby(["species", "Sex"]):
    axes.scatter(
        rows["Flipper Length (mm)"],
        rows["Body Mass (g)"],
        s=28,
        alpha=0.75,
        color=COLOURS[species],
        marker=MARKS[sex],
        label=f"{species}, {sex.lower()}",
    )
axes.set_xlabel("Flipper length (mm)")
axes.set_ylabel("Body mass (g)")
axes.set_title("Penguins of Palmer Station")
axes.legend(frameon=False, fontsize=9)
axes.spines[["top", "right"]].set_visible(False)
figure.savefig("/work/out/penguins.png", dpi=120)
print(f"drew {len(table)} rows")
