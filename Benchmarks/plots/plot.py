#!/usr/bin/env python3
"""Draws the figures from the results: each as SVG and PNG, the same bytes from the same data.

  plot.py --results DIR --data DIR --output DIR

Figures whose results are not there are skipped aloud.
"""
import argparse
import csv
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator  # noqa: E402

INK, GRAY, GRID = "#24292f", "#6e7781", "#e5e8eb"
COLORS = {
    "coin": "#d1242f", "COIN (paper)": "#e38b2c", "JPEG (Pillow)": "#9a6700",
    "JPEG (progressive)": "#7d4e00", "JPEG (arithmetic)": "#4d2d00", "WebP": "#1a7f37",
    "JPEG 2000": "#0a7ea4", "JPEG XL": "#0550ae", "AVIF": "#6639ba",
}
plt.rcParams.update({
    "svg.hashsalt": "coin", "svg.fonttype": "path", "font.size": 10,
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"],
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GRAY,
    "xtick.color": GRAY, "ytick.color": GRAY, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID,
    "axes.titlesize": 11, "axes.titlelocation": "left", "figure.facecolor": "white",
})


def read(path):
    """The rows of a table; none if there is no such file."""
    if not path.exists():
        return []
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def save(figure, folder, name):
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(folder / f"{name}.png", dpi=160, metadata={"Software": None})
    plt.close(figure)
    print(f"wrote {folder / name}.svg and .png")


def spread(places, gap):
    """The places of labels, moved apart so that neighbors are `gap` from each other."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(400):
        for low, high in zip(order, order[1:]):
            overlap = gap - (moved[high] - moved[low])
            if overlap > 1e-6:
                moved[low] -= overlap / 2
                moved[high] += overlap / 2
    return moved


def label_ends(axes, ends, gap):
    """Names curves at their right ends; `ends` has x, y, text, color."""
    heights = spread([y for _, y, _, _ in ends], gap)
    for (x, y, text, color), height in zip(ends, heights):
        axes.annotate(
            text, (x, y), (1.02, height), textcoords=axes.get_yaxis_transform(), color=color,
            va="center", fontsize=9, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": color, "lw": 0.5, "alpha": 0.6,
                        "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5)})


def log_axis(axis, ticks):
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def fixed_rate_curves(rows):
    """For each codec its mean points, over the images that all codecs have; rates that some image
    does not reach are left out."""
    rows = [row for row in rows if not row["point"].startswith("quality")]
    groups = defaultdict(list)
    for row in rows:
        groups[row["codec"], row["point"]].append(row)
    if not groups:
        return {}
    images = set.intersection(*({row["image"] for row in group} for group in groups.values()))
    curves = defaultdict(list)
    for (codec, _), group in groups.items():
        group = [row for row in group if row["image"] in images]
        if group and all(row["fits"] == "yes" for row in group):
            curves[codec].append((mean(float(row["bpp"]) for row in group),
                                  mean(float(row["psnr_db"]) for row in group)))
    return {codec: sorted(points) for codec, points in curves.items()}


def mean_curve(rows, setting):
    """The means at the settings that all images of the rows have, in rising order of rates."""
    images = {row["image"] for row in rows}
    groups = defaultdict(list)
    for row in rows:
        groups[row[setting]].append(row)
    return sorted((mean(float(row["bpp"]) for row in group),
                   mean(float(row["psnr_db"]) for row in group))
                  for group in groups.values() if {row["image"] for row in group} == images)


def rate_distortion(results, data, output):
    rows = read(results / "rate-distortion.csv")
    if not rows:
        return print("SKIPPED: rate-distortion, as there are no results")
    # Means over other images would say nothing: those that every curve has.
    groups = defaultdict(list)
    for row in rows:
        groups[row["codec"], row["effort"]].append(row)
    images = set.intersection(*({row["image"] for row in group} for group in groups.values()))
    curves = []  # name, color, line, width, points
    # Of how many images these are is known: all of them.
    for codec in ("BPG", "VTM") if len(images) == 24 else ():
        points = sorted((float(row["bpp"]), float(row["psnr_db"]))
                        for row in read(data / "published.csv") if row["codec"] == codec)
        curves.append((codec, GRAY, "--", 1.2, points))
    theirs = [row for row in read(data / "published-images.csv")
              if row["codec"] == "Cool-chic 5.0" and row["image"] in images]
    if theirs:
        curves.append(("Cool-chic 5.0", "#bf3989", "--", 1.2, mean_curve(theirs, "setting")))
    for (codec, effort), group in sorted(groups.items()):
        points = mean_curve([row for row in group if row["image"] in images], "quality")
        if codec == "coin":
            usual = effort == "5"
            curves.append((f".coin, effort {effort}", COLORS["coin"] if usual else "#ff8182", "-",
                           2.8 if usual else 1.8, points))
        else:
            curves.append((codec, COLORS.get(codec, GRAY), "-", 1.2, points))
    low, high = 0.06, 1.6
    figure, axes = plt.subplots(figsize=(8, 5.4))
    figure.subplots_adjust(left=0.07, right=0.79, top=0.93, bottom=0.16)
    axes.set(xscale="log", xlim=(low, high), ylim=(23, 42), xlabel="bits per pixel",
             title=f"Kodak, {len(images)} images: mean PSNR of 8-bit RGB, dB")
    log_axis(axes.xaxis, [0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.4])
    ends = []
    for name, color, line, width, points in curves:
        inside = [point for point in points if low <= point[0] <= high]
        if not inside:
            continue
        x, y = zip(*inside)
        axes.plot(x, y, line, color=color, lw=width, marker="o", ms=2 * width,
                  zorder=5 if width > 1.5 else 3)
        ends.append((x[-1], y[-1], name, color))
    label_ends(axes, ends, 0.75)
    figure.text(0.07, 0.02, "Solid: measured in one run, whole files; JPEG 2000 at the same rate for "
                "every image, all others at\nconstant quality. Dashed: published, constant quality.",
                fontsize=8, color=GRAY)
    save(figure, output, "rate-distortion")


def paper_rate_distortion(results, data, output):
    measured = fixed_rate_curves(read(results / "paper-rate-distortion.csv"))
    if not measured:
        return print("SKIPPED: paper-rate-distortion, as there are no results")
    published = defaultdict(list)
    for row in read(data / "published.csv"):
        published[row["codec"]].append((float(row["bpp"]), float(row["psnr_db"])))
    low, high = 0.06, 1.4
    figure, axes = plt.subplots(figsize=(8, 5.4))
    figure.subplots_adjust(left=0.07, right=0.78, top=0.93, bottom=0.14)
    axes.set(xscale="log", xlim=(low, high), ylim=(21, 42), xlabel="bits per pixel",
             title="Kodak, mean PSNR of 8-bit RGB, dB")
    log_axis(axes.xaxis, [0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.4])
    ends = []
    for codec, points in sorted(published.items()) + sorted(measured.items()):
        points = sorted(point for point in points if low <= point[0] <= high)
        ours = codec == "coin"
        is_measured = codec in measured
        color = COLORS.get(codec, GRAY)
        x, y = zip(*points)
        axes.plot(x, y, "-" if is_measured else "--", color=color, lw=2.6 if ours else 1.3,
                  marker="o", ms=6 if ours else 2.5, zorder=5 if ours else 3)
        ends.append((x[-1], y[-1], "this .coin" if ours else codec, color))
    label_ends(axes, ends, 0.9)
    figure.text(0.07, 0.02, "Solid: measured in one run, whole files, the same rate for every image.\n"
                "Dashed: published, constant quality; the rate of COIN counts its weights only.",
                fontsize=8, color=GRAY)
    save(figure, output, "paper-rate-distortion")


def progress(results, data, output):
    rows = read(results / "paper-progress.csv")
    if not rows:
        return print("SKIPPED: progress, as there are no results")
    figure, axes = plt.subplots(figsize=(8, 4.4))
    figure.subplots_adjust(left=0.07, right=0.84, top=0.92, bottom=0.17)
    ends = []
    efforts = sorted({row["effort"] for row in rows}, key=int)
    for effort, color in zip(efforts, ["#0a7ea4", COLORS["coin"], "#6639ba", "#1a7f37"]):
        passes = [row for row in rows if row["effort"] == effort and row["epoch"] != "decoded"]
        decoded = [row for row in rows if row["effort"] == effort and row["epoch"] == "decoded"]
        x = [float(row["epoch"]) for row in passes]
        axes.plot(x, [float(row["psnr_db"]) for row in passes], color=color, lw=0.7, alpha=0.4)
        axes.plot(x, [float(row["best_psnr_db"]) for row in passes], color=color, lw=1.8)
        final = float(decoded[0]["psnr_db"])
        axes.plot([x[-1]], [final], "o", color=color, ms=5)
        ends.append((x[-1], final, f"effort {effort}: {final:.2f} dB", color))
    axes.axhline(29.31, color=COLORS["COIN (paper)"], lw=1.2, ls="--")
    lowest = min(float(row["best_psnr_db"]) for row in rows if row["best_psnr_db"])
    axes.set(xscale="log", ylim=(max(lowest, 18), None),
             xlabel="passes over all pixels", title="kodim15, 10 layers of 28: PSNR, dB")
    axes.annotate("the paper, after 50 000 passes: 29.31 dB", (axes.get_xlim()[0], 29.31), (4, 4),
                  textcoords="offset points", color=COLORS["COIN (paper)"], fontsize=9)
    log_axis(axes.xaxis, [1, 3, 10, 30, 100, 300, 1000, 3000])
    label_ends(axes, ends, 0.6)
    figure.text(0.07, 0.02, "Thick: best so far. Thin: each pass. Dot: the decoded file.",
                fontsize=8, color=GRAY)
    save(figure, output, "progress")


def shapes(results, data, output):
    rows = read(results / "paper-shapes.csv")
    if not rows:
        return print("SKIPPED: shapes, as there are no results")
    figure, axes = plt.subplots(figsize=(8, 4.4))
    figure.subplots_adjust(left=0.08, right=0.8, top=0.92, bottom=0.17)
    widths = {int(row["layers"]): row["width"] for row in rows}
    layers = sorted(widths)
    value = {(row["image"], int(row["layers"])): float(row["psnr_db"]) for row in rows}
    images = sorted({row["image"] for row in rows})
    ends = []
    best = {image: max(value[image, depth] for depth in layers) for image in images}
    for image in images:
        y = [value[image, depth] - best[image] for depth in layers]
        axes.plot(layers, y, color=GRAY, lw=1, marker="o", ms=2.5)
        ends.append((layers[-1], y[-1], f"{image} ({best[image]:.1f} dB)", GRAY))
    y = [mean(value[image, depth] - best[image] for image in images) for depth in layers]
    axes.plot(layers, y, color=COLORS["coin"], lw=2.6, marker="o", ms=6)
    ends.append((layers[-1], y[-1], "mean", COLORS["coin"]))
    axes.set(xlabel="layers × width, about 7479 parameters each",
             title=f"Networks of equal size, 0.3 bits per pixel, {rows[0]['setting']}: "
                   "dB below the best for each image")
    axes.set_xticks(layers, [f"{depth}×\n{widths[depth]}" for depth in layers])
    label_ends(axes, ends, 0.14)
    save(figure, output, "shapes")


def model_size(results, data, output):
    ours = {row["what"]: float(row["bytes"]) / 1000 for row in read(results / "paper-model-size.csv")}
    if not ours:
        return print("SKIPPED: model-size, as there are no results")
    bars = [(row["model"], float(row["kilobytes"]), GRAY)
            for row in read(data / "model-sizes.csv")]
    for what, kilobytes in ours.items():
        bars.append((what, kilobytes, COLORS["coin"]))
    bars.sort(key=lambda bar: bar[1])
    figure, axes = plt.subplots(figsize=(8, 3.4))
    figure.subplots_adjust(left=0.34, right=0.93, top=0.9, bottom=0.16)
    names, sizes, colors = zip(*bars)
    axes.barh(names, sizes, color=colors, height=0.62)
    for index, size in enumerate(sizes):
        text = f"{size / 1000:.1f} MB" if size >= 1000 else f"{size:.1f} kB"
        axes.text(size * 1.08, index, text, va="center", fontsize=9)
    axes.set(xscale="log", xlim=(1, max(sizes) * 3),
             title="Sizes of models and decoders at 0.3 bits per pixel, kilobytes")
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    log_axis(axes.xaxis, [1, 10, 100, 1000, 10_000])
    figure.text(0.34, 0.015, "Gray: published. Red: measured.", fontsize=8, color=GRAY)
    save(figure, output, "model-size")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("results", "data", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    folders = parser.parse_args()
    folders.output.mkdir(parents=True, exist_ok=True)
    for draw in (rate_distortion, paper_rate_distortion, progress, shapes, model_size):
        draw(folders.results, folders.data, folders.output)


if __name__ == "__main__":
    main()
