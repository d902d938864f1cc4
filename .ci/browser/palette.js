// A picture of a page with at most 256 colours, a third as large: the commonest stay, each other becomes the one next to it.
import { inflateSync } from "node:zlib";
import { png } from "./png.js";

const COLOURS = 256;
const PREDICT = [
  () => 0,
  left => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
    return a <= b && a <= c ? left : b <= c ? up : corner;
  },
];

// The pixels of a PNG of 8 bits a channel, as Chromium writes it: three or four channels, not interlaced.
function pixels(png) {
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const parts = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts)), stride = width * channels, bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const predict = PREDICT[raw[y * (stride + 1)]];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x, isInner = x >= channels;
      const left = isInner ? bytes[at - channels] : 0, up = y ? bytes[at - stride] : 0, corner = isInner && y ? bytes[at - stride - channels] : 0;
      bytes[at] = raw[y * (stride + 1) + 1 + x] + predict(left, up, corner);
    }
  }
  const colours = Array.from({ length: width * height }, (_, i) => bytes.readUIntBE(i * channels, 3));
  return { width, height, colours };
}

export function fewer(picture) {
  const { width, height, colours } = pixels(Buffer.from(picture));
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, COLOURS).map(([colour]) => colour);
  const apart = (a, b) => [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
  const nearest = colour => kept.reduce((best, one, i) => (apart(one, colour) < apart(kept[best], colour) ? i : best), 0);
  const places = new Map([...counts.keys()].map(colour => [colour, nearest(colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, i) => { rows[i + Math.floor(i / width) + 1] = places.get(colour); });
  const palette = Buffer.alloc(kept.length * 3);
  kept.forEach((colour, i) => palette.writeUIntBE(colour, i * 3, 3));
  return png(width, height, rows, palette);
}
