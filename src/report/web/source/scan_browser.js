// The scan to walk through: maps on the left, the pattern at the chosen position on the right.
import { choice, draw, make } from "./dom.js";
import { format, round_below } from "./numbers.js";
import { colour_bar, paint, stage } from "./picture.js";
import { position_mark, position_picker } from "./position_picker.js";
import { profile_plot } from "./profile.js";
import { own_ring } from "./rings.js";
import { unpack, unpack_codes } from "./unpack.js";

/** A bar of a round length under a picture whose width is `extent` units. */
function scale_bar(extent, unit) {
  if (!(extent > 0)) return null;
  const length = round_below(0.3 * extent);
  const bar = make("span", { class: "length", style: `width:${(100 * length) / extent}%` });
  return make("div", { class: "scale-bar" }, bar, make("span", {}, `${format(length, length < 1 ? 1 : 2)} ${unit}`));
}

class ScanBrowser {
  constructor(scan, maps, patterns) {
    Object.assign(this, { scan, maps, patterns });
    [this.rows, this.columns, this.height, this.width] = patterns.shape;
    this.map = Math.max(0, maps.findIndex((map) => map.name === "ADF"));
    this.look = { colours: "cividis", logarithmic: true, what: "position" };
    this.build();
    this.show_map();
    this.show_position();
  }

  build() {
    const { scan } = this;
    const aspect = (this.columns * (scan.step_x_nm || 1)) / (this.rows * (scan.step_y_nm || 1));
    this.map_stage = stage(this.rows, this.columns, aspect, "Map of the scan. Arrow keys move the position.");
    const pattern_aspect = (this.width * (scan.mrad_per_pixel_x || 1)) / (this.height * (scan.mrad_per_pixel_y || 1));
    this.pattern_stage = stage(this.height, this.width, pattern_aspect, "Diffraction pattern");
    this.pattern_stage.element.setAttribute("role", "img");
    this.map_legend = make("div", { class: "legend-of" });
    this.pattern_legend = make("div", { class: "legend-of" });
    this.profile = profile_plot(aspect);
    this.readout = make("p", { class: "readout", id: "position", "aria-live": "polite" });
    this.map_stage.element.setAttribute("aria-describedby", "position");
    this.picker = position_picker(this.map_stage.element, this.rows, this.columns, () => this.show_position());
    this.element = make("div", { class: "browser" }, this.map_panel(), this.pattern_panel());
  }

  map_panel() {
    const names = this.maps.map((map, index) => [index, map.name]);
    const select = (index) => {
      this.map = Number(index);
      if (this.maps[this.map].own && !this.maps[this.map].image) return this.ring.refresh();
      this.show_map();
      this.show_position();
    };
    this.ring = own_ring(this.scan, this.patterns, (map) => {
      this.maps[this.maps.length - 1].image = map;
      this.show_map();
      this.show_position();
    });
    return make(
      "div",
      { class: "panel" },
      choice("Map", names, this.map, select),
      this.map_stage.element,
      scale_bar(this.columns * this.scan.step_x_nm * this.scan.stride, "nm"),
      this.profile.element,
      this.map_legend,
      this.ring.controls,
      this.readout,
      make("p", { class: "hint" }, "Move the pointer over the map, click to hold or release a position, or use the arrow keys (with Shift: five steps)."),
    );
  }

  pattern_panel() {
    const set = (name) => (value) => {
      this.look[name] = value;
      this.show_map();
      this.show_position();
    };
    const scales = choice("Intensity scale", [["log", "Log"], ["linear", "Linear"]], "log", (value) =>
      set("logarithmic")(value === "log"),
    );
    const what = choice("Pattern", [["position", "Position"], ["mean", "Mean of all"]], "position", set("what"));
    const colours = choice(
      "Colours",
      ["cividis", "viridis", "grey"].map((name) => [name, name]),
      "cividis",
      set("colours"),
    );
    return make(
      "div",
      { class: "panel" },
      make("div", { class: "choices" }, what, scales),
      this.pattern_stage.element,
      scale_bar(this.width * this.scan.mrad_per_pixel_x, "mrad"),
      this.pattern_legend,
      colours,
    );
  }

  get at() {
    return this.picker.at;
  }

  /** Colours of a map: a signed one is centred on 0. */
  map_look({ image, signed }) {
    if (!signed) return { map: this.look.colours, low: image.low, high: image.high };
    const most = Math.max(Math.abs(image.low), Math.abs(image.high));
    return { map: "signed", low: -most, high: most };
  }

  show_map() {
    const map = this.maps[this.map];
    const look = this.map_look(map);
    paint(this.map_stage.canvas, map.image.numbers, this.rows, this.columns, look);
    const meaning = `${map.name}: ${map.meaning}. The line below the map is its mean along y.`;
    this.map_legend.replaceChildren(colour_bar(look, map.unit), make("p", { class: "meaning" }, meaning));
    this.ring.controls.hidden = !map.own;
    this.profile.show(map.image.numbers, this.rows, this.columns);
  }

  /** The numbers of the pattern shown. */
  pattern() {
    if (this.look.what === "mean") return this.mean_pattern();
    const size = this.height * this.width, start = (this.at.row * this.columns + this.at.column) * size;
    return Float32Array.from(this.patterns.codes.subarray(start, start + size), (code) => this.patterns.values[code]);
  }

  mean_pattern() {
    if (this.mean) return this.mean;
    const size = this.height * this.width, count = this.rows * this.columns;
    this.mean = new Float32Array(size);
    const { codes, values } = this.patterns;
    for (let i = 0; i < codes.length; ++i) this.mean[i % size] += values[codes[i]] / count;
    return this.mean;
  }

  show_position() {
    this.show_pattern();
    this.mark_position();
    this.readout.textContent = this.position_text();
    this.pattern_stage.element.setAttribute("aria-label", `Diffraction pattern. ${this.position_text()}`);
  }

  show_pattern() {
    const { low, high } = this.patterns;
    const look = { map: this.look.colours, logarithmic: this.look.logarithmic, low: this.look.logarithmic ? low : 0, high };
    paint(this.pattern_stage.canvas, this.pattern(), this.height, this.width, look);
    this.pattern_legend.replaceChildren(colour_bar(look, this.pixel_unit()));
    const radii = this.maps[this.map].own ? this.ring.radii() : this.maps[this.map].rings;
    const { row, column, radius_rows, radius_columns } = this.scan.disc;
    const circle = (share, kind) =>
      draw("ellipse", { cx: column + 0.5, cy: row + 0.5, rx: share * radius_columns, ry: share * radius_rows, class: kind });
    this.pattern_stage.overlay.replaceChildren(circle(1, "disc"), ...radii.map((share) => circle(share, "ring")));
  }

  pixel_unit() {
    const units = { fraction: "of the beam per pixel", electrons: "electrons per pixel", counts: "counts per pixel" };
    return units[this.scan.unit] ?? "";
  }

  mark_position() {
    const { row, column } = this.at;
    const line = this.scan.interface_line;
    const plane = line
      ? [draw("line", { y1: line[0] + 0.5, x1: line[1] + 0.5, y2: line[2] + 0.5, x2: line[3] + 0.5, class: "plane" })]
      : [];
    this.map_stage.overlay.replaceChildren(...plane, ...position_mark(row, column));
    this.profile.mark(column);
    this.map_stage.element.classList.toggle("held", this.picker.held);
  }

  /** "Row 3, column 12 · y 0.29 nm, x 1.17 nm · ADF 0.023". Rows and columns as in the file, from 0. */
  position_text() {
    const { scan } = this, map = this.maps[this.map];
    const row = this.at.row * scan.stride, column = this.at.column * scan.stride;
    const place = `Row ${row}, column ${column}`;
    const length = scan.step_x_nm ? ` · y ${format(row * scan.step_y_nm)} nm, x ${format(column * scan.step_x_nm)} nm` : "";
    const value = map.image.numbers[this.at.row * this.columns + this.at.column];
    return `${place}${length} · ${map.name} ${format(value)} ${map.unit}`.trimEnd();
  }
}

const unit_of_map = (unit) => ({ fraction: "of the beam", unknown: "" })[unit] ?? unit;

/** The browser's element; `scan` as scan_json.cpp writes it. */
export async function scan_browser(scan) {
  const maps = await Promise.all(
    scan.maps.map(async (map) => ({ ...map, unit: unit_of_map(map.unit), image: await unpack(map.image) })),
  );
  const patterns = await unpack_codes(scan.patterns);
  maps.push({ name: "Own ring", meaning: "the ring that you choose", unit: unit_of_map(scan.unit), own: true, image: null });
  return new ScanBrowser(scan, maps, patterns).element;
}

/** A sentence on what is shown of the file. */
export function scan_lead(scan) {
  const shown = scan.stride > 1 ? ` Every ${scan.stride}. row and column is shown` : " Every position is shown";
  const binned = scan.bin > 1 ? `, patterns binned ${scan.bin} × ${scan.bin}.` : ".";
  const conditions = [
    scan.energy_kev ? `${format(scan.energy_kev)} kV` : "",
    scan.semiangle_mrad ? `${format(scan.semiangle_mrad)} mrad semi-angle` : "",
    scan.electrons_per_pattern ? `${format(scan.electrons_per_pattern)} electrons a pattern` : "",
  ].filter(Boolean);
  return (
    `${scan.scan_height} × ${scan.scan_width} positions, ${scan.detector_height} × ${scan.detector_width} pixels` +
    `${conditions.length ? ", " + conditions.join(", ") : ""}.${shown}${binned}` +
    (scan.disc_estimated ? " The bright disc's centre and radius were estimated from the mean pattern." : "")
  );
}
