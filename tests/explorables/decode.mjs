// Decodes parcels as the page does. Standard input: one JSON line { module, parcels: [{ data, counts, on, looks? }] }, where `on` is a ground
// whose axes are to be used, or null;
// standard output: for each parcel its frames, places in points.
import { readFileSync } from "node:fs";

const { module, parcels } = JSON.parse(readFileSync(0, "utf8"));
const stage = await import(module);
const answer = [];
for (const { data, counts, on, looks } of parcels) {
  const { header, rows } = stage.open(await stage.inflate(stage.fromBase64(data)));
  header.looks ??= looks;
  const frames = rows.flatMap((bytes, i) => stage.readRow(bytes, header, counts[i]));
  answer.push(frames.map((frame) => {
    const own = header.grounds[frame.ground].axes;
    const artists = {};
    for (const [name, trace] of frame.artists) {
      const look = header.looks[name];
      const { x, y, parts, text } = stage.placed(look, trace, own, on === null ? own : header.grounds[on].axes);
      artists[name] = { x: [...x], y: [...y], parts, text };
    }
    return { artists, words: frame.words };
  }));
}
process.stdout.write(JSON.stringify(answer));
