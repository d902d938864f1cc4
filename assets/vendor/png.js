// Decodes a PNG at its full depth; the viewer asks for it where a picture has 16 bits a sample.
import { decode } from "fast-png";

self.onmessage = ({ data }) => {
  const { width, height, channels, depth, data: samples } = decode(data);
  if (depth !== 16) throw new RangeError("not of 16 bits");
  self.postMessage({ width, height, channels, samples }, [samples.buffer]);
};
