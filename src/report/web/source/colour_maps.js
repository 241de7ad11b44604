// Colour maps that read alike for every kind of colour vision and in grey print: 256 colours between a few anchors.

const anchors = {
  // Even in lightness: cividis (Nuñez, Anderton and Renslow 2018) and viridis (van der Walt and Smith 2015).
  cividis: "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838",
  viridis: "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725",
  grey: "000000 ffffff",
  // For signed numbers: the substrate's blue, paper, the film's amber.
  signed: "123a66 2f6aa8 86aed4 d5e2ee f6f5f1 f5e0bd e5ab55 bb7416 6b3d04",
};

const rgb = (hex) => [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16));

function table(text) {
  const colours = text.split(" ").map(rgb);
  const result = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; ++i) {
    const place = (i / 255) * (colours.length - 1);
    const k = Math.min(Math.floor(place), colours.length - 2);
    for (let c = 0; c < 3; ++c) result[3 * i + c] = colours[k][c] + (place - k) * (colours[k + 1][c] - colours[k][c]);
  }
  return result;
}

export const colour_maps = Object.fromEntries(Object.entries(anchors).map(([name, text]) => [name, table(text)]));

/** The same as a CSS gradient, left to right. */
export const gradient = (name) => `linear-gradient(to right, ${anchors[name].split(" ").map((hex) => "#" + hex)})`;
