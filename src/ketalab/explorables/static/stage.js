// Draws an explorable. Python describes how each moving artist looks (explorables/drawing.py) and sends places
// as whole numbers (explorables/packed.py); this draws them over the ground that matplotlib drew, at the screen's
// own resolution. The same file runs in JupyterLab (through anywidget), in a deck and on a page.

const PARTS_OF_A_POINT = 8;
const BREAK = 8388608;
const NEAR = 14; // points from a mark or a line at which it answers
const SMALLEST = 12, LEGIBLE = 9, MOST_ENLARGED = 1.16; // points of the smallest words; px they have at least on a phone
const TURN_MS = 220; // how long new axes take to come
const KEPT_ROWS = 24;
const MEASURED = "axis"; // the words that say what an axis measures, where a choice changes it
const SPLIT = { about: "\x1e", reading: "\x1f", part: "\x1d" };

// Reading a parcel ------------------------------------------------------------------------------------

const inflate = async (bytes) => {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser is too old for the moving picture");
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// The header and the bytes of each row; refuses a parcel whose lengths do not fit.
const open = (bytes) => {
  const long = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + long)));
  let at = 4 + long;
  const rows = header.rows.map((length) => bytes.subarray(at, at += length));
  if (at !== bytes.length) throw new Error("the data of the moving picture are not complete");
  return { header, rows };
};

// All frames of a row: { ground, artists: Map(name -> { parts, x, y, text }) in the order of drawing, words }.
const readRow = (bytes, { looks, texts, orders }, count) => {
  let at = 0;
  const next = () => {
    let value = 0, shift = 1, byte;
    do {
      byte = bytes[at++];
      if (byte === undefined) throw new Error("the data of the moving picture are damaged");
      value += (byte & 127) * shift;
      shift *= 128;
    } while (byte > 127);
    return value;
  };
  const signed = () => { const value = next(); return value % 2 ? -(value + 1) / 2 : value / 2; };
  const word = (index) => {
    if (texts[index] === undefined) throw new Error("the data of the moving picture are damaged");
    return texts[index];
  };
  const along = (from, length) => {
    const places = new Float64Array(length);
    let sum = 0;
    for (let i = 0; i < length; i += 1) {
      sum += signed();
      places[i] = from ? from[i] + sum : sum;
    }
    return places;
  };
  const artist = (look, old) => {
    const kind = next();
    if (kind === 1) return old;
    let parts = old?.parts;
    if (kind === 3) parts = Array.from({ length: next() }, next);
    const text = look.kind === "text" ? word(next()) : null;
    const length = parts.reduce((sum, part) => sum + part, 0);
    const from = kind === 2 ? old : null;
    return { parts, text, x: along(from?.x, length), y: along(from?.y, length) };
  };
  const frames = [];
  const last = new Map();
  let said = [];
  for (let i = 0; i < count; i += 1) {
    const ground = next(), order = orders[next()], artists = new Map();
    if (!order) throw new Error("the data of the moving picture are damaged");
    for (const name of order) {
      artists.set(name, artist(looks[name], last.get(name)));
      last.set(name, artists.get(name));
    }
    if (next() === 0) {
      said = Array.from({ length: next() }, next);
    } else {
      said = said.slice();
      let place = 0;
      for (let changes = next(); changes > 0; changes -= 1) {
        place += next();
        said[place] = next();
      }
    }
    frames.push({ ground, artists, words: said.map(word).join("") });
  }
  return frames;
};

// What is said about a frame.
const spoken = (words) => {
  const [sentence, readings, numbers, greyed] = words.split(SPLIT.about);
  return {
    sentence,
    readings: readings ? readings.split(SPLIT.reading).map((one) => one.split(SPLIT.part)) : [],
    numbers,
    greyed: greyed ? greyed.split(SPLIT.reading) : [],
  };
};

const altOf = (title, said) => {
  const numbers = said.readings.map(([label, text]) => `${label}: ${text}`).join("; ");
  return `${title}${title.endsWith("?") ? "" : "."} ${said.sentence} ${numbers}.`;
};

// From one set of axes to another ---------------------------------------------------------------------

// How a place (in points) on one axes is found on the same axes with other limits; null where it cannot be.
const remap = (from, to, direction) => {
  const [scale, low, high] = from[direction], [other, low2, high2] = to[direction];
  const box = direction === "x" ? [from.box[0], from.box[2]] : [from.box[3], from.box[1]];
  const box2 = direction === "x" ? [to.box[0], to.box[2]] : [to.box[3], to.box[1]];
  if (scale !== other) return null;
  if (low === low2 && high === high2 && box[0] === box2[0] && box[1] === box2[1]) return [1, 0];
  if (scale !== "linear" && scale !== "log") return null;
  const f = scale === "log" ? Math.log10 : (value) => value;
  const share = (f(high) - f(low)) / (f(high2) - f(low2));
  const start = (f(low) - f(low2)) / (f(high2) - f(low2));
  const grow = (share * (box2[1] - box2[0])) / (box[1] - box[0]);
  return [grow, box2[0] + start * (box2[1] - box2[0]) - grow * box[0]];
};

// There and back on an axis that is straight up to `threshold` on both sides of zero and logarithmic beyond.
const bent = (threshold, straight, base) => {
  const unit = straight / (1 - 1 / base);
  return [
    (value) => (Math.abs(value) <= threshold ? value * unit
      : Math.sign(value) * threshold * (unit + Math.log(Math.abs(value) / threshold) / Math.log(base))),
    (place) => (Math.abs(place) <= threshold * unit ? place / unit
      : Math.sign(place) * threshold * base ** (Math.abs(place) / threshold - unit)),
  ];
};

// The value at a place, or null where the axis is of another kind.
const valueAt = (axes, direction, place) => {
  const [scale, low, high, ...bend] = axes[direction];
  const [start, end] = direction === "x" ? [axes.box[0], axes.box[2]] : [axes.box[3], axes.box[1]];
  const share = (place - start) / (end - start);
  if (scale === "linear") return low + share * (high - low);
  if (scale === "log") return 10 ** (Math.log10(low) + share * (Math.log10(high) - Math.log10(low)));
  if (scale === "symlog") {
    const [there, back] = bent(...bend);
    return back(there(low) + share * (there(high) - there(low)));
  }
  return null;
};

// Of some places [x, y, width, height] the number of the one that covers least of what is drawn and none that is
// taken: the first of several, or the one it was before.
const freest = (places, drawn, taken, before) => {
  const covered = ([x, y, width, height]) => drawn.filter(([a, b]) => (
    a > x - 3 && a < x + width + 3 && b > y - 2 && b < y + height + 2)).length;
  const meets = ([x, y, width, height]) => taken.some(([a, b, c, d]) => (
    x < a + c && a < x + width && y < b + d && b < y + height));
  const weights = places.map((place, i) => covered(place) + (meets(place) ? 1e6 : 0) - (i === before ? 0.5 : 0));
  return weights.indexOf(Math.min(...weights));
};

// Thousands in words: "1,200".
const grouped = (text) => text.replace(/\d+(\.\d+)?/g, (number) => {
  const [whole, ...rest] = number.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
});

// Of axes that have come in the place of others, which numbers they go through now and went through before.
const newAxes = (before, now, reads = {}) => {
  const found = [];
  for (const [name, axes] of Object.entries(now)) {
    for (const direction of ["x", "y"]) {
      const read = reads[`${name}.${direction}`] ?? {}, ends = [axes, before[name]].map((one) => one[direction].slice(0, 3));
      if (read.silent || (read.words && !read.minutes && !read.ratio) || String(ends[0]) === String(ends[1])) continue;
      const [wide, old] = ends.map(([, low, high]) => `${measured(read, low)} to ${measured(read, high)}`);
      found.push({ name, direction, text: grouped(`New axis: ${wide} (before: ${old})`) });
    }
  }
  return found;
};

// The note in the lines it needs: two where it is wider than its axes.
const inLines = (text, width, room) => (width > room ? text.split(/ (?=\()/) : [text]);

const covers = (wide, narrow) => Object.keys(wide).every((name) => ["x", "y"].every((direction) => {
  const [scale, a, b] = wide[name][direction], [other, c, d] = narrow[name][direction];
  return scale === other && Math.min(a, b) <= Math.min(c, d) && Math.max(a, b) >= Math.max(c, d);
}));

// Drawing ---------------------------------------------------------------------------------------------

const outlines = new WeakMap();
const STEPS = ["moveTo", "lineTo", "quadraticCurveTo", "bezierCurveTo", "closePath"];
const opaque = (colour) => colour?.length === 9 && colour.endsWith("ff");

// The radius of a closed path whose curves all run at one distance from its middle, else nothing.
const radiusOf = (commands) => {
  const [[, x, y], ...curves] = commands.filter(([kind]) => kind !== 4), radius = Math.hypot(x, y);
  let [fromX, fromY] = [x, y];
  const round = curves.length >= 4 && curves.every(([kind, ax, ay, bx, by, toX, toY]) => {
    const half = Math.hypot((fromX + 3 * (ax + bx) + toX) / 8, (fromY + 3 * (ay + by) + toY) / 8);
    [fromX, fromY] = [toX, toY];
    return kind === 3 && [half, Math.hypot(toX, toY)].every((far) => Math.abs(far - radius) < 0.01 * radius);
  });
  return round ? radius : null;
};

// How a path of matplotlib's is laid around a place, and its radius if it is a circle. A circle is laid as one: its
// eight curves take three times as long.
const outlineOf = (commands) => {
  if (!outlines.has(commands)) {
    const radius = radiusOf(commands);
    outlines.set(commands, { radius, lay: radius ? (context, x, y) => {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.closePath();
    } : (context, x, y) => {
      for (const [kind, ...at] of commands) {
        context[STEPS[kind]](...at.map((value, i) => (i % 2 ? y - value : x + value)));
      }
    } });
  }
  return outlines.get(commands);
};

// The part of a segment that lies within a box, or nothing.
const within = ([left, top, right, bottom], x0, y0, x1, y1) => {
  let [from, to] = [0, 1];
  for (const [start, way, least, most] of [[x0, x1 - x0, left, right], [y0, y1 - y0, top, bottom]]) {
    const ends = [(least - start) / way, (most - start) / way];
    if (way === 0) {
      if (start < least || start > most) return null;
    } else {
      from = Math.max(from, Math.min(...ends));
      to = Math.min(to, Math.max(...ends));
    }
  }
  return from < to ? [from, to].flatMap((share) => [x0 + share * (x1 - x0), y0 + share * (y1 - y0)]) : null;
};

const FONT = '"Atkinson Hyperlegible Next", "DejaVu Sans", sans-serif';
const CAPS = { projecting: "square", butt: "butt", round: "round" };
const turn = (list, i) => list[i % list.length];

// By how much words are enlarged where a point is `px` wide: on a phone held upright they would be too small.
const enlarged = (px) => Math.min(MOST_ENLARGED, Math.max(1, Math.ceil((1000 * LEGIBLE) / (SMALLEST * px)) / 1000));

// The largest size of letters up to `wanted` at which no word crosses an edge that it does not cross in its own size;
// `plain` and `large` are for each word how far inside it ends at each edge, in its own size and in the wanted one.
const fitting = (wanted, plain, large) => Math.floor(1000 * Math.min(wanted, ...plain.flatMap((ends, i) => (
  ends.map((inside, side) => {
    const past = -large[i][side], room = Math.max(inside, 0);
    return inside > -0.5 && past > 0.5 ? 1 + (wanted - 1) * (room / (room + past)) : wanted;
  }))))) / 1000;

// Lines of one text that end below each other, or are centred, and are written from where each begins: as
// they grow, what was in line stays so.
const keepInLine = (lines) => {
  const begin = [...lines].map((line) => {
    const { a, b, e, f } = line.transform.baseVal.consolidate().matrix;
    return a * e + b * f;
  });
  const long = [...lines].map((line) => line.getComputedTextLength());
  const spread = (share) => {
    const at = begin.map((from, i) => from + share * long[i]);
    return Math.max(...at) - Math.min(...at);
  };
  if (lines.length < 2 || spread(0) < 1 || lines[0].hasAttribute("x")) return;
  const share = [1, 0.5].find((one) => spread(one) < 1);
  if (share) lines.forEach((line, i) => {
    line.setAttribute("x", share * long[i]);
    line.style.textAnchor = share === 1 ? "end" : "middle";
  });
};

class Pen {
  constructor(context, scale, letters = 1) {
    this.context = context;
    this.scale = scale;
    this.letters = letters;
  }

  stroke(colour, width, { dash = [], cap = "butt", join = "round" } = {}) {
    if (!colour || width <= 0) return;
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.lineCap = CAPS[cap];
    context.lineJoin = join;
    context.stroke();
  }

  fill(colour) {
    if (!colour) return;
    this.context.fillStyle = colour;
    this.context.fill();
  }

  // Lay a line through places as far as it is on the canvas, as matplotlib does: where an axis is logarithmic a zero
  // lies a hundred thousand points away, and a line dashed all the way there took 13 ms to draw.
  follow(x, y, start, end) {
    const { context, scale } = this, { canvas } = context;
    const box = [-1, -1, canvas.width / scale + 1, canvas.height / scale + 1];
    const on = (i) => x[i] >= box[0] && x[i] <= box[2] && y[i] >= box[1] && y[i] <= box[3];
    const nowhere = (i) => i < start || Number.isNaN(x[i]) || Number.isNaN(y[i]);
    let down = false;
    for (let i = start; i < end; i += 1) {
      if (nowhere(i)) { down = false; continue; }
      const here = on(i), whole = here && (nowhere(i - 1) || on(i - 1));
      if (whole) {
        if (down) context.lineTo(x[i], y[i]); else context.moveTo(x[i], y[i]);
      } else if (!nowhere(i - 1)) {
        const part = within(box, x[i - 1], y[i - 1], x[i], y[i]);
        if (part && !down) context.moveTo(part[0], part[1]);
        if (part) context.lineTo(part[2], part[3]);
      }
      down = here;
    }
  }

  line(look, { x, y, length }) {
    if (look.stroke) {
      this.context.beginPath();
      this.follow(x, y, 0, length);
      this.stroke(look.stroke.colour, look.stroke.width, look.stroke);
    }
    if (look.marker) this.marks(look.marker.path, { x, y, length }, () => look.marker);
  }

  marks(commands, { x, y, length }, styleOf) {
    const { context } = this, { radius, lay } = outlineOf(commands);
    const disc = (x, y, r, colour) => {
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      this.fill(colour);
    };
    for (let i = 0; i < length; i += 1) {
      if (Number.isNaN(x[i])) continue;
      const { face, edge, width, dash, cap, join } = styleOf(i);
      if (radius && !dash?.length && context.globalAlpha === 1 && opaque(face) && opaque(edge)) {
        disc(x[i], y[i], radius + width / 2, edge); // two discs are drawn in two thirds of the time of a disc and a ring
        if (face !== edge) disc(x[i], y[i], radius - width / 2, face);
      } else {
        context.beginPath();
        lay(context, x[i], y[i]);
        this.fill(face);
        this.stroke(edge, width, { dash, cap, join });
      }
    }
  }

  dots(look, places) {
    this.marks(look.path, places, (i) => ({
      face: look.faces.length ? turn(look.faces, i) : null,
      edge: look.edges.length ? turn(look.edges, i) : null,
      width: turn(look.widths, i), dash: look.dash, cap: "butt", join: "round",
    }));
  }

  // Polygons and strokes: each part by itself.
  parts(look, { x, y, parts }, closed) {
    const { context } = this;
    let at = 0;
    parts.forEach((length, i) => {
      const start = at, end = start + length;
      const lay = () => {
        context.beginPath();
        if (!closed) return this.follow(x, y, start, end);
        for (let j = start; j < end; j += 1) context.lineTo(x[j], y[j]);
        context.closePath();
      };
      lay();
      at = end;
      if (closed && look.faces.length) this.fill(turn(look.faces, i));
      if (closed && look.hatch) {
        this.hatch(look.hatch);
        lay(); // the hatch has left its own lines
      }
      if (look.edges.length) this.stroke(turn(look.edges, i), turn(look.widths, i), { dash: look.dash });
    });
  }

  hatch({ path, colour, width, side }) {
    const { context } = this, { lay } = outlineOf(path);
    context.save();
    context.clip();
    context.beginPath();
    for (let across = 0; across < context.canvas.width / this.scale; across += side) {
      for (let down = -side; down < context.canvas.height / this.scale; down += side) {
        lay(context, across, down + side);
      }
    }
    this.stroke(colour, width);
    context.restore();
  }

  box(look, { x, y }) {
    const { context } = this;
    context.beginPath();
    context.rect(Math.min(x[0], x[1]), Math.min(y[0], y[1]), Math.abs(x[1] - x[0]), Math.abs(y[1] - y[0]));
    if (look.faces.length) this.fill(look.faces[0]);
    this.stroke(look.edges[0], look.widths[0], { join: "miter" });
  }

  // As matplotlib lays out words: lines as high as the font says, the block placed by its box.
  text(look, { x, y, text }) {
    if (!text) return;
    const { context } = this, lines = text.split("\n");
    context.font = `${look.bold ? 700 : 400} ${look.size * this.letters}px ${FONT}`;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    const [least, deepest, gap] = look.line.map((high) => high * this.letters);
    const between = lines.length > 1 ? gap : 0;
    let down = 0, last = 0;
    const laid = lines.map((words) => {
      const ink = context.measureText(words);
      let above = words ? ink.actualBoundingBoxAscent : 0, below = words ? ink.actualBoundingBoxDescent : 0;
      if (look.spacing === "normal") {
        above = Math.max(above, least) + between / 2;
        below = Math.max(below, deepest) + between / 2;
      } else {
        const leading = look.spacing * (least + deepest) - (above + below);
        above += leading / 2;
        below += leading / 2;
      }
      const baseline = down + above;
      down = baseline + below;
      last = below;
      return { words, baseline, width: ink.width };
    });
    const width = Math.max(...laid.map((line) => line.width));
    const left = x[0] - { left: 0, center: width / 2, right: width }[look.across];
    const top = y[0] - { top: 0, center: down / 2, bottom: down, baseline: down - last }[look.upwards];
    if (look.box) {
      const { pad, face, edge } = look.box;
      context.beginPath();
      context.rect(left - pad, top - pad, width + 2 * pad, down + 2 * pad);
      this.fill(face);
      this.stroke(edge, look.box.width);
    }
    context.fillStyle = look.colour;
    for (const line of laid) {
      const aside = { left: 0, center: (width - line.width) / 2, right: width - line.width }[look.across];
      context.fillText(line.words, left + aside, top + line.baseline);
    }
  }

  draw(look, places) {
    if (look.kind === "line") this.line(look, places);
    if (look.kind === "dots") this.dots(look, places);
    if (look.kind === "band" || look.kind === "shapes") this.parts(look, places, true);
    if (look.kind === "strokes") this.parts(look, places, false);
    if (look.kind === "box") this.box(look, places);
    if (look.kind === "text") this.text(look, places);
  }
}

// An artist's places in points on the axes `shown`, though they were computed for the axes `own`; `share` is how
// far the way from the one to the other is gone (0: still as on `own`).
const placed = (look, trace, own, shown) => {
  const length = trace.x.length, x = new Float64Array(length), y = new Float64Array(length);
  const maps = ["x", "y"].map((direction, i) => {
    if (own === shown || !look.data[i] || !own[look.axes]) return [1, 0];
    return remap(own[look.axes], shown[look.axes], direction) ?? [1, 0];
  });
  const [[grow, move], [grow2, move2]] = maps;
  for (let i = 0; i < length; i += 1) {
    const px = trace.x[i], py = trace.y[i];
    x[i] = px === BREAK ? NaN : (px / PARTS_OF_A_POINT) * grow + move;
    y[i] = py === BREAK ? NaN : (py / PARTS_OF_A_POINT) * grow2 + move2;
  }
  return { x, y, length, parts: trace.parts, text: trace.text };
};

const same = (one, other) => one === other || (Boolean(one) && Boolean(other) && one.text === other.text
  && one.x.length === other.x.length && one.x.every((value, i) => value === other.x[i])
  && one.y.every((value, i) => value === other.y[i]));

// The same frame as it lies on the axes of another ground.
const onto = (frame, ground, spec) => {
  if (frame.ground === ground) return frame;
  const own = spec.grounds[frame.ground].axes, other = spec.grounds[ground].axes, artists = new Map();
  for (const [name, trace] of frame.artists) {
    const { x, y } = placed(spec.looks[name], trace, own, other);
    const whole = (places) => places.map((value) => (Number.isNaN(value) ? BREAK : value * PARTS_OF_A_POINT));
    artists.set(name, { ...trace, x: whole(x), y: whole(y) });
  }
  return { ground, artists, words: frame.words };
};

// Between two frames, on the axes of the nearer one; an artist whose parts differ is the nearer one's.
const blend = (before, after, share, spec) => {
  if (share <= 0 || before === after) return before;
  const near = share < 0.5 ? before : after, artists = new Map();
  const [one, other] = [before, after].map((frame) => onto(frame, near.ground, spec));
  for (const [name, nearer] of near.artists) {
    const from = one.artists.get(name), to = other.artists.get(name);
    const alike = from && to && from.text === to.text && String(from.parts) === String(to.parts);
    if (!alike) { artists.set(name, nearer); continue; }
    const mix = (a, b) => a.map((value, i) => (
      value === BREAK || b[i] === BREAK ? BREAK : value + share * (b[i] - value)));
    artists.set(name, from === to ? from : { ...from, x: mix(from.x, to.x), y: mix(from.y, to.y) });
  }
  return { ground: near.ground, artists, words: near.words };
};

const make = (name, attributes = {}, ...content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
};

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// A number in short, as Python writes it.
const written = (value) => {
  const size = Math.abs(value);
  if (size < 0.001) return value > 1e-9 ? "below 0.001" : "0";
  const whole = () => String(Math.round(Number(value.toPrecision(4)))).replace(/\B(?=(\d{3})+$)/g, ",");
  return (size < 999.5 ? String(Number(value.toPrecision(3))) : whole()).replace("-", "\u2212");
};

// A time in the largest unit it fills, as Python writes it.
const lasting = (minutes) => {
  const short = (value) => String(Number(value.toPrecision(2)));
  for (const [unit, least, each] of [["years", 525960, 525960], ["days", 2880, 1440], ["h", 120, 60]]) {
    if (minutes >= least) return `${short(minutes / each)} ${unit}`;
  }
  return `${short(minutes)} min`;
};

// A place on an axis as a number or a time.
const measured = (read, value) => {
  if (read.minutes) return lasting(value * read.minutes);
  if (read.name === "year") return String(Math.floor(value + 0.003)); // a day: it may stand a little to the left
  return written(read.ratio ? Math.exp(value) : value);
};

let pictures = 0;

// One picture: the ground below, the moving artists above, what lies under the hand beside.
class Picture {
  constructor(spec) {
    this.spec = spec;
    this.grounds = new Map();
    this.rooms = new Map();
    this.noted = {}; // of each axis that is new: the corner in which the picture says so
    this.number = pictures += 1;
    this.canvas = make("canvas", { class: "ketalab-moving", "aria-hidden": "true" });
    this.below = make("div", { class: "ketalab-ground", "aria-hidden": "true" });
    this.tip = make("div", { class: "ketalab-tip", role: "status", hidden: "" });
    this.face = make("div", {
      class: "ketalab-face", role: "img", tabindex: "0", "data-lm-suppress-shortcuts": "true",
      "aria-roledescription": "picture; the arrow keys go from mark to mark",
    });
    this.element = make("div", { class: "ketalab-stage" }, this.below, this.canvas, this.face, this.tip);
    this.element.style.aspectRatio = `${spec.size[0]} / ${spec.size[1]}`;
    this.ghost = null;
    this.held = null;
    this.lit = null;
    this.listen();
  }

  listen() {
    const { element } = this;
    new ResizeObserver(() => this.soon()).observe(element);
    addEventListener("resize", () => this.soon());
    document.fonts?.ready.then(() => this.soon());
    document.fonts?.addEventListener?.("loadingdone", () => this.soon());
    element.addEventListener("pointermove", (event) => this.point(event));
    element.addEventListener("pointerdown", (event) => this.point(event));
    element.addEventListener("pointerleave", () => this.tell(null));
    this.face.addEventListener("blur", () => this.tell(null));
    this.face.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      if (event.key === "Enter" && this.told?.link) window.open(this.told.link, "_blank", "noopener");
      else if (event.key in steps) this.step(steps[event.key]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // A ground is its SVG with the axes it was drawn for; its names get a number of their own on the page.
  addGround(index, { svg, axes }) {
    const own = svg.replace(/(id="|url\(#|href="#)/g, `$1k${this.number}g${index}-`);
    const drawn = new DOMParser().parseFromString(own, "image/svg+xml").documentElement;
    if (drawn.querySelector("parsererror")) throw new Error("the ground of the picture is damaged");
    const node = document.importNode(drawn, true);
    for (const words of node.querySelectorAll("text")) {
      words.addEventListener("pointerenter", () => this.light(words.textContent));
      words.addEventListener("pointerleave", () => this.light(null));
      words.style.fontSize = `calc(${words.style.fontSize} * var(--letters, 1))`;
    }
    this.grounds.set(index, { node, axes });
  }

  // While a hand moves, the axes stay unless the picture outgrows them.
  hold() {
    this.held = this.held ?? this.shown ?? null;
  }

  release() {
    const held = this.held;
    this.held = null;
    if (held === null || !this.frame || held === this.frame.ground) return;
    this.turnTo(held, this.frame.ground);
  }

  turnTo(from, to) {
    if (calm() || !this.canvas.width) { this.paint(); return; }
    const began = performance.now(), gone = () => (performance.now() - began) / TURN_MS;
    const step = () => {
      if (this.held !== null || this.frame?.ground !== to) return;
      const share = gone();
      this.paint(share < 1 ? [from, 1 - (1 - share) ** 3] : null);
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  show(frame) {
    this.frame = frame;
    this.told = null;
    this.tip.hidden = true;
    this.paint();
  }

  remember() {
    this.ghost = this.frame ?? null;
  }

  forget() {
    this.ghost = null;
    this.soon();
  }

  // While a hand moves, a picture keeps its size: asking for it would have the browser arrange the page twice.
  width() {
    if (this.held === null || !this.wide) {
      const box = this.element.getBoundingClientRect();
      this.wide = this.turned(box) ? box.height : box.width;
    }
    return this.wide;
  }

  // Of this ground: as large as wanted, but no larger than its words have room for.
  lettersFor(index, wanted) {
    if (wanted === 1) return 1;
    if (!this.rooms.has(index)) {
      const words = [...this.grounds.get(index).node.querySelectorAll("text")];
      this.element.style.setProperty("--letters", this.letters = 1);
      for (const lines of new Set(words.map((one) => one.parentNode))) keepInLine(lines.querySelectorAll("text[transform]"));
      const [plain, large] = [1, wanted].map((size) => {
        this.element.style.setProperty("--letters", this.letters = size);
        const edge = this.element.getBoundingClientRect();
        return words.map((one) => one.getBoundingClientRect()).map((box) => (
          box.height < 2 * box.width ? [box.left - edge.left, edge.right - box.right] : [box.top - edge.top, edge.bottom - box.bottom]));
      });
      this.rooms.set(index, fitting(wanted, plain, large));
    }
    return this.rooms.get(index);
  }

  // The words of the key grow no further than the sign of the next words in their row.
  fitKey(index, letters) {
    const key = `${index} ${letters}`;
    if (this.keyed === key) return;
    this.keyed = key;
    const words = [...this.below.querySelectorAll(".ketalab-key text")].map((one) => ({ one, x: Number(one.getAttribute("x")), y: one.getAttribute("y") }));
    const sign = Math.min(...words.map(({ x }) => x));
    for (const { one, x, y } of words) {
      one.style.removeProperty("--letters");
      const next = Math.min(...words.filter((other) => other.y === y && other.x > x).map((other) => other.x));
      const room = next - sign - x, long = one.getComputedTextLength();
      if (long > room) one.style.setProperty("--letters", Math.max(1, letters * room / long));
    }
  }

  soon() {
    this.wide = null; // it may be another now
    this.rooms.clear();
    this.keyed = null;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.paint(); });
  }

  groundFor(frame) {
    const held = this.held;
    if (held === null || held === frame.ground) return frame.ground;
    const old = this.grounds.get(held)?.axes, now = this.grounds.get(frame.ground)?.axes;
    if (old && now && covers(old, now)) return held;
    this.held = frame.ground;
    return frame.ground;
  }

  paint(turning = null) {
    const { frame, spec, canvas } = this;
    if (!frame) return;
    const index = this.groundFor(frame), ground = this.grounds.get(index);
    if (!ground) return;
    if (this.shown !== index || !this.below.firstChild) {
      this.below.replaceChildren(ground.node);
      this.shown = index;
    }
    const wide = this.width();
    if (!wide) return;
    const scale = (wide * devicePixelRatio) / spec.size[0];
    const width = Math.round(spec.size[0] * scale), height = Math.round(spec.size[1] * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const letters = this.lettersFor(index, enlarged(wide / spec.size[0])), pen = new Pen(context, scale, letters);
    if (this.letters !== letters) this.element.style.setProperty("--letters", this.letters = letters);
    if (letters > 1) this.fitKey(index, letters);
    const [before, now] = [this.ghost, frame].map((one) => one?.artists.get(MEASURED)?.text);
    const compared = this.ghost && before === now; // points are not drawn on an axis of something else
    if (compared && this.ghost !== frame) this.paintGhost(pen, ground.axes);
    for (const [name, trace] of frame.artists) {
      const look = this.spec.looks[name];
      let places = placed(look, trace, this.grounds.get(frame.ground).axes, ground.axes);
      if (turning) places = this.between(look, trace, places, turning);
      context.globalAlpha = this.lit && look.label !== this.lit ? 0.2 : 1;
      this.inside(context, look, ground.axes, () => pen.draw(look, places));
    }
    context.globalAlpha = 1;
    if (compared && !turning) this.tellAxes(context, ground.axes);
  }

  // Where an axis is not that of the last setting, the picture says so.
  tellAxes(context, axes) {
    const old = this.grounds.get(this.ghost.ground)?.axes;
    if (!old || old === axes) return;
    context.font = `400 ${SMALLEST}px ${FONT}`;
    context.textBaseline = "top";
    context.textAlign = "left";
    const taken = [];
    for (const { name, direction, text } of newAxes(old, axes, this.spec.reads)) {
      const [left, top, right, bottom] = axes[name].box, wide = (words) => context.measureText(words).width;
      const lines = inLines(text, wide(text), right - left - 8), height = 15 * lines.length;
      const width = Math.max(...lines.map(wide));
      const ends = [left + 4, right - width - 4], heights = [top + 4, bottom - height - 4];
      const corners = [[ends[0], heights[0]], [ends[1], heights[0]], [ends[0], heights[1]], [ends[1], heights[1]]];
      if (direction === "x") corners.reverse(); // beside its own axis, where nothing is covered
      const places = corners.map((corner) => [...corner, width, height]), key = `${name}.${direction}`;
      this.noted[key] = freest(places, this.drawnOn(name, axes), taken, this.noted[key]);
      const place = places[this.noted[key]], [x, y] = place;
      taken.push(place);
      context.fillStyle = "#ffffffdd";
      context.fillRect(x - 3, y - 2, width + 6, height + 2);
      context.fillStyle = "#1b1b1b";
      lines.forEach((line, i) => context.fillText(line, x, y + 15 * i));
    }
  }

  // Where something is drawn on these axes, in points.
  drawnOn(name, axes) {
    const own = this.grounds.get(this.frame.ground).axes, found = [];
    for (const [artist, trace] of this.frame.artists) {
      const look = this.spec.looks[artist];
      if (look.axes !== name || look.kind === "text") continue;
      const { x, y, length } = placed(look, trace, own, axes);
      for (let i = 0; i < length; i += 1) {
        found.push([x[i], y[i]]);
        if (!look.stroke || i === 0) continue;
        const [dx, dy] = [x[i - 1] - x[i], y[i - 1] - y[i]], steps = Math.min(Math.ceil(Math.hypot(dx, dy) / NEAR), 100);
        for (let k = 1; k < steps; k += 1) found.push([x[i] + dx * (k / steps), y[i] + dy * (k / steps)]);
      }
    }
    return found;
  }

  // On the way from held axes to new ones.
  between(look, trace, places, [from, share]) {
    const before = placed(look, trace, this.grounds.get(this.frame.ground).axes, this.grounds.get(from).axes);
    const mix = (a, b) => a.map((value, i) => value + share * (b[i] - value));
    return { ...places, x: mix(before.x, places.x), y: mix(before.y, places.y) };
  }

  inside(context, look, axes, draw) {
    context.save();
    if (look.clip && axes[look.axes]) {
      const [left, top, right, bottom] = axes[look.axes].box;
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
    }
    draw();
    context.restore();
  }

  // The last setting, pale, where it differs from this one.
  paintGhost(pen, axes) {
    const own = this.grounds.get(this.ghost.ground)?.axes;
    if (!own) return;
    for (const [name, trace] of this.ghost.artists) {
      const look = this.spec.looks[name];
      if (look.kind === "text" || same(trace, this.frame.artists.get(name))) continue;
      pen.context.globalAlpha = look.kind === "band" ? 0.12 : 0.28;
      this.inside(pen.context, look, axes, () => pen.draw(look, placed(look, trace, own, axes)));
    }
    pen.context.globalAlpha = 1;
  }

  light(label) {
    const known = Object.values(this.spec.looks).some((look) => look.label && look.label === label);
    this.lit = known ? label : null;
    this.soon();
  }

  // What answers to a hand -----------------------------------------------------------------------------

  // All marks of this frame: where, which artist, which of its points.
  marks() {
    const { frame } = this, found = [];
    if (!frame || !this.grounds.has(this.shown)) return found;
    const axes = this.grounds.get(this.shown).axes, own = this.grounds.get(frame.ground).axes;
    for (const [name, trace] of frame.artists) {
      const look = this.spec.looks[name];
      if (!(look.marker || ["dots", "shapes", "box"].includes(look.kind))) continue;
      const places = placed(look, trace, own, axes);
      const add = (x, y, i, over = null) => {
        const [left, top, right, bottom] = axes[look.axes]?.box ?? [0, 0, ...this.spec.size];
        if (x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1) {
          found.push({ x, y, name, look, i, over });
        }
      };
      if (look.kind === "box") {
        const [[a, b], [c, d]] = [places.x, places.y];
        if (a !== b && c !== d) add((a + b) / 2, (c + d) / 2, 0, [a, c, b, d]);
      } else if (look.kind === "shapes") {
        let at = 0;
        places.parts.forEach((length, i) => {
          const x = places.x.subarray(at, at + length), y = places.y.subarray(at, at + length);
          at += length;
          const [a, b, c, d] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
          add((a + b) / 2, (c + d) / 2, i, [a, c, b, d]);
        });
      } else {
        for (let i = 0; i < places.length; i += 1) {
          if (!Number.isNaN(places.x[i])) add(places.x[i], places.y[i], i);
        }
      }
    }
    return found;
  }

  // Whether a page shows the picture turned a quarter to the right, as on a phone held upright.
  turned(box) {
    const { offsetWidth, offsetHeight } = this.element;
    return offsetWidth !== offsetHeight && box.width !== box.height
      && (offsetWidth > offsetHeight) !== (box.width > box.height);
  }

  at(event) {
    const box = this.element.getBoundingClientRect(), [wide] = this.spec.size;
    if (this.turned(box)) {
      return [event.clientY - box.top, box.right - event.clientX].map((way) => (way * wide) / box.height);
    }
    return [event.clientX - box.left, event.clientY - box.top].map((way) => (way * wide) / box.width);
  }

  point(event) {
    const [x, y] = this.at(event);
    let best = null, least = NEAR;
    for (const mark of this.marks()) {
      const inside = mark.over && x >= Math.min(mark.over[0], mark.over[2]) && x <= Math.max(mark.over[0], mark.over[2])
        && y >= Math.min(mark.over[1], mark.over[3]) && y <= Math.max(mark.over[1], mark.over[3]);
      const far = inside ? NEAR - 1 : Math.hypot(mark.x - x, mark.y - y);
      if (far < least) { best = mark; least = far; }
    }
    this.tell(best ?? this.onLine(x, y));
  }

  // The nearest line under the hand, and its place there.
  onLine(x, y) {
    const { frame } = this;
    if (!frame || !this.grounds.has(this.shown)) return null;
    const axes = this.grounds.get(this.shown).axes, own = this.grounds.get(frame.ground).axes;
    let best = null, least = NEAR;
    for (const [name, trace] of frame.artists) {
      const look = this.spec.looks[name];
      if (!look.stroke) continue;
      const places = placed(look, trace, own, axes);
      for (let i = 1; i < places.length; i += 1) {
        const [a, b] = [places.x[i - 1], places.x[i]];
        if (a === b || x < Math.min(a, b) || x > Math.max(a, b)) continue;
        const height = places.y[i - 1] + ((x - a) / (b - a)) * (places.y[i] - places.y[i - 1]);
        if (Math.abs(height - y) < least) {
          least = Math.abs(height - y);
          best = { x, y: height, name, look, i: null };
        }
      }
    }
    return best;
  }

  step(by) {
    const marks = this.marks();
    if (!marks.length) return;
    const now = this.told ? marks.findIndex((mark) => mark.name === this.told.name && mark.i === this.told.i) : -1;
    this.tell(marks[(now + by + marks.length + (now < 0 && by < 0 ? 1 : 0)) % marks.length]);
  }

  // How a place on an axis is said: its words, or its number and unit.
  said(look, direction, place) {
    const read = this.spec.reads?.[`${look.axes}.${direction}`] ?? {}, axes = this.grounds.get(this.shown).axes[look.axes];
    const value = axes && look.data[direction === "x" ? 0 : 1] ? valueAt(axes, direction, place) : null;
    if (value === null || read.silent) return "";
    if (read.words?.length) {
      const [near, text] = read.words.reduce((a, b) => (Math.abs(b[0] - value) < Math.abs(a[0] - value) ? b : a));
      const gap = read.words.length > 1 ? Math.abs(read.words[1][0] - read.words[0][0]) : 1;
      if (Math.abs(near - value) <= (read.near ?? 0.4) * gap) return text;
      if (!read.minutes && !read.ratio) return "";
    }
    return `${read.name ? `${read.name}: ` : ""}${measured(read, value)}`;
  }

  // The interval drawn through a mark.
  interval(mark) {
    const { frame } = this, axes = this.grounds.get(this.shown).axes, own = this.grounds.get(frame.ground).axes;
    for (const [name, trace] of frame.artists) {
      const look = this.spec.looks[name];
      if (look.kind !== "strokes" || look.axes !== mark.look.axes) continue;
      const places = placed(look, trace, own, axes);
      for (let i = 0, at = 0; i < places.parts.length; at += places.parts[i], i += 1) {
        if (places.parts[i] !== 2) continue;
        for (const [along, across, direction] of [["x", "y", "x"], ["y", "x", "y"]]) {
          const [a, b] = [places[along][at], places[along][at + 1]], [c, d] = [places[across][at], places[across][at + 1]];
          if (Math.abs(c - d) > 0.3 || Math.abs(c - mark[across]) > 0.6 || Math.abs(a - b) < 2) continue;
          if (mark[along] < Math.min(a, b) - 0.6 || mark[along] > Math.max(a, b) + 0.6) continue;
          const ends = [a, b].map((place) => valueAt(axes[look.axes], direction, place));
          if (ends.includes(null)) continue;
          const read = this.spec.reads?.[`${look.axes}.${direction}`] ?? {};
          const [low, high] = [Math.min(...ends), Math.max(...ends)].map((end) => measured(read, end));
          return `interval ${low} to ${high}`;
        }
      }
    }
    return "";
  }

  tell(mark) {
    this.told = mark;
    if (!mark) { this.tip.hidden = true; return; }
    const about = this.spec.marks?.[mark.name]?.[mark.i];
    const name = mark.look.label || mark.name.replaceAll("_", " ");
    const parts = [about?.label ?? name, this.said(mark.look, "x", mark.x), this.said(mark.look, "y", mark.y)];
    if (mark.i !== null) parts.push(this.interval(mark));
    if (about) parts.push(about.people ?? "", about.source ?? "");
    mark.link = about?.link;
    this.tip.textContent = parts.filter(Boolean).join(" \u00b7 ");
    this.tip.hidden = false;
    const share = mark.x / this.spec.size[0], down = mark.y / this.spec.size[1];
    this.tip.style.left = share < 0.5 ? `${100 * share}%` : "";
    this.tip.style.right = share < 0.5 ? "" : `${100 * (1 - share)}%`;
    this.tip.style.top = down < 0.5 ? `calc(${100 * down}% + 14px)` : "";
    this.tip.style.bottom = down < 0.5 ? "" : `calc(${100 * (1 - down)}% + 14px)`;
  }

  describe(alt) {
    this.face.setAttribute("aria-label", alt);
  }
}

// The sentence and the read-out, as Python writes them. Where only words differ, words are all that changes: new
// boxes would have the browser arrange everything on the page anew.
class Readout {
  constructor(title) {
    this.title = title;
    this.sentence = make("p", { class: "ketalab-sentence" });
    this.list = make("dl");
    this.element = make("div", { class: "ketalab-readout" }, this.sentence, this.list);
    this.rows = [];
  }

  show(said) {
    const { readings } = said;
    write(this.sentence, said.sentence);
    while (this.rows.length > readings.length) this.rows.pop().box.remove();
    readings.forEach(([label, text], i) => {
      this.rows[i] ??= this.row();
      write(this.rows[i].label, label);
      write(this.rows[i].text, text);
    });
    this.alt = altOf(this.title, said);
    this.element.dataset.alt = this.alt;
    this.element.dataset.numbers = said.numbers;
  }

  row() {
    const label = make("dt"), text = make("dd"), box = make("div", {}, label, text);
    this.list.append(box);
    return { box, label, text };
  }
}

const write = (element, words) => {
  if (element.textContent === words) return;
  if (element.firstChild) element.firstChild.data = words;
  else element.append(words);
};

// Settings --------------------------------------------------------------------------------------------

const OWN = "Your own settings";

const general = (value) => String(Number(Number(value).toPrecision(6)));

// The sentence with which Python refuses a value, or null.
const refusal = (controls, values) => {
  const known = new Map(controls.map((control) => [control.name, control]));
  for (const [name, value] of Object.entries(values)) {
    const control = known.get(name);
    if (!control) return `control: '${name}' is not one of ${[...known.keys()].join(", ")}`;
    if (control.options) {
      if (!control.options.includes(value)) {
        return `${name}: '${value}' is not allowed; it must be one of ${control.options.join(", ")}`;
      }
    } else if (!(value >= control.low && value <= control.high)) {
      const between = control.unit.startsWith("%") ? "" : control.unit === "fold" ? "-" : " ";
      const range = `${general(control.low)} to ${general(control.high)}${between}${control.unit}`;
      return `${name}: ${general(value)} is not allowed; it must be ${range}`.trimEnd();
    }
  }
  return null;
};

// All values of a scenario: the start, then what it changes. Null where there is none of that name.
const scenarioOf = (spec, name) => (name in spec.presets ? { ...spec.start, ...spec.presets[name] } : null);

const presetShown = (spec, values) => Object.keys(spec.presets).find((preset) => (
  Object.entries(scenarioOf(spec, preset)).every(([name, value]) => values[name] === value))) ?? OWN;

// Pages without a kernel ------------------------------------------------------------------------------

// All frames of an explorable, read row by row when they are asked for.
class Frames {
  constructor({ header, rows }) {
    this.header = header;
    this.bytes = rows;
    this.fast = header.axes.at(-1);
    this.kept = new Map();
  }

  ground(index) {
    const { lines, axes } = this.header.grounds[index];
    return { svg: lines.map((line) => this.header.lines[line]).join("\n"), axes };
  }

  // `places`: for each control the number of its position.
  at(places) {
    const { header } = this;
    let row = 0;
    for (const name of header.axes.slice(0, -1)) row = row * this.positions(name).length + places[name];
    return this.row(row)[places[this.fast]];
  }

  positions(name) {
    return this.header.controls.find((control) => control.name === name).positions;
  }

  row(number) {
    let frames = this.kept.get(number);
    if (!frames) {
      frames = readRow(this.bytes[number], this.header, this.positions(this.fast).length);
      this.kept.set(number, frames);
      if (this.kept.size > KEPT_ROWS) this.kept.delete(this.kept.keys().next().value);
    }
    return frames;
  }
}

const nearest = (positions, value) => {
  const found = positions.indexOf(value);
  if (found >= 0 || typeof value === "string") return found;
  return positions.reduce((best, other, i) => (
    Math.abs(other - value) < Math.abs(positions[best] - value) ? i : best), 0);
};

let panels = 0;

class Page {
  constructor(frames) {
    this.frames = frames;
    this.spec = frames.header;
    this.number = panels += 1;
    this.picture = new Picture(this.spec);
    this.places = this.placesOf(this.spec.start);
    this.said = new Readout(this.spec.title);
    this.inputs = new Map(this.spec.controls.filter((c) => c.positions.length > 1).map((c) => [c.name, this.input(c)]));
    this.scenario = this.menu();
    const hands = make("div", { class: "ketalab-pickers" }, ...[...this.inputs.values()].map((one) => one.row));
    this.element = make("div", { class: `ketalab-explorable ketalab-kernel-free ketalab-page${this.inputs.size > 3 ? " ketalab-many" : ""}` },
      make("div", { class: "ketalab-picture" }, this.picture.element, this.said.element),
      make("div", { class: "ketalab-panel" }, ...(this.scenario ? [this.scenario.row] : []), hands));
    this.show();
  }

  placesOf(values) {
    return Object.fromEntries(this.spec.controls.map((control) => [
      control.name, nearest(control.positions, values[control.name] ?? this.spec.start[control.name])]));
  }

  get values() {
    return Object.fromEntries(this.spec.controls.map((control) => (
      [control.name, control.positions[this.places[control.name]]])));
  }

  row(label, id, ...content) {
    return make("div", { class: "ketalab-control" }, make("label", { for: id }, label), ...content);
  }

  menu() {
    const names = Object.keys(this.spec.presets);
    if (!names.length) return null;
    const id = `ketalab-scenario-${this.number}`;
    const select = make("select", { id }, ...[OWN, ...names].map((name) => make("option", { value: name }, name)));
    select.addEventListener("change", () => {
      const scenario = scenarioOf(this.spec, select.value);
      if (scenario) this.set(scenario);
    });
    return { row: this.row("Scenario", id, select), select };
  }

  input(control) {
    const id = `ketalab-${this.number}-${control.name}`, why = make("small", { class: "ketalab-why", id: `${id}-why` });
    const about = { id, title: control.help, "aria-describedby": `${id}-why` };
    if (control.menu) {
      const select = make("select", about, ...control.texts.map((text, i) => make("option", { value: i }, text)));
      select.addEventListener("change", () => this.move(control.name, Number(select.value)));
      return { row: this.row(control.label, id, select, why), select, why };
    }
    const last = control.positions.length - 1;
    const range = make("input", { ...about, type: "range", min: 0, max: last, step: 1 });
    const output = make("output", { for: id });
    const rest = () => {
      range.step = 1;
      this.dragged = false;
      this.move(control.name, Math.round(Number(range.value)));
      this.picture.release();
    };
    range.addEventListener("pointerdown", () => {
      this.begin(control.name);
      range.step = "any";
      this.dragged = true;
      this.picture.hold();
    });
    range.addEventListener("input", () => {
      if (this.dragged) this.drag(control.name, Number(range.value));
      else { this.begin(control.name); this.move(control.name, Number(range.value)); }
    });
    range.addEventListener("pointerup", rest);
    range.addEventListener("pointercancel", rest);
    range.addEventListener("change", () => { if (this.dragged) rest(); });
    range.addEventListener("blur", () => { this.moving = null; });
    return { row: this.row(control.label, id, output, range, why), range, output, why };
  }

  // The ghost is the setting from which this hand began.
  begin(name) {
    const now = Date.now();
    if (this.moving !== name || now - this.last > 1500) this.picture.remember();
    this.moving = name;
    this.last = now;
  }

  drag(name, place) {
    const low = Math.floor(place), places = { ...this.places };
    const [one, other] = [low, Math.min(low + 1, this.inputs.get(name).range.max)].map((at) => (
      this.frames.at({ ...places, [name]: at })));
    this.places = { ...places, [name]: Math.round(place) };
    this.last = Date.now();
    this.show(blend(one, other, place - low, this.spec));
  }

  move(name, place) {
    if (this.moving !== name) this.begin(name);
    this.places = { ...this.places, [name]: place };
    this.show();
  }

  // RangeError in the sentence that Python uses when a control is unknown or a value is outside its range.
  set(values) {
    const wrong = refusal(this.spec.controls, values);
    if (wrong) throw new RangeError(wrong);
    this.picture.remember();
    this.moving = null;
    this.places = this.placesOf({ ...this.values, ...values });
    this.show();
  }

  show(frame = this.frames.at(this.places)) {
    for (const index of [frame.ground, this.picture.ghost?.ground ?? frame.ground]) {
      if (!this.picture.grounds.has(index)) this.picture.addGround(index, this.frames.ground(index));
    }
    this.picture.show(frame);
    for (const control of this.spec.controls) {
      const input = this.inputs.get(control.name), place = this.places[control.name];
      if (!input) continue;
      const text = control.texts[place];
      if (input.select) input.select.value = place;
      if (input.range) {
        if (!(this.dragged && this.moving === control.name)) input.range.value = place;
        input.range.setAttribute("aria-valuetext", text);
        input.output.textContent = text;
      }
    }
    if (this.scenario) this.scenario.select.value = presetShown(this.spec, this.values);
    if (frame.words === this.words) return;
    this.words = frame.words;
    const said = spoken(frame.words);
    this.spec.controls.forEach((control, i) => {
      const input = this.inputs.get(control.name), why = said.greyed[i] ?? "";
      if (!input) return;
      input.why.textContent = why;
      input.row.classList.toggle("ketalab-greyed", Boolean(why));
    });
    this.said.show(said);
    this.picture.describe(this.said.alt);
  }
}

// Put the explorable whose data stand in `view` in the place of its still picture.
const mount = async (view) => {
  const data = view.querySelector("script[type='application/vnd.ketalab.parcel']");
  const still = view.querySelector("img");
  try {
    const page = new Page(new Frames(open(await inflate(fromBase64(data.textContent.trim())))));
    data.remove();
    still?.remove();
    view.append(page.element);
    view.ketalab = page;
    page.picture.soon();
  } catch (error) {
    const words = `The moving picture cannot be shown (${error.message}). This is how it starts.`;
    view.append(make("p", { class: "ketalab-broken", role: "status" }, words));
  }
};

const mountAll = async () => {
  const views = [...document.querySelectorAll(".ketalab-view")];
  const shown = (view) => view.getBoundingClientRect().width > 0;
  for (const view of views.sort((a, b) => shown(b) - shown(a))) {
    await mount(view);
    await new Promise((done) => setTimeout(done)); // what a hand does meanwhile is answered between two
  }
};

// What the module gives -------------------------------------------------------------------------------

// In a notebook --------------------------------------------------------------------------------------

const MOST_KEPT = 4000; // frames
const PATIENCE_MS = 4000; // until a reader is told that Python does not answer
const HAND_RESTS_MS = 600;
const HAND_STAYS_MS = 150; // on an explorable, until its row is brought
const EYE_STAYS_MS = 300; // on a picture, half of which is in sight, until its first row is brought
const HAND_PAUSES_MS = 250; // with a control, until Python is told where it stands
const HAND_PASSES_MS = 30; // over a control: a finger is there and presses in one
const NEARNESS = "ketalab-c-";

const bytesOf = (data) => new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);

// One explorable of a notebook, whatever the number of its views: where its controls stand, which frames are
// here, and what has been asked for.
class Desk {
  constructor(model) {
    this.model = model;
    this.spec = model.get("spec");
    this.frames = new Map();
    this.grounds = new Map();
    this.views = new Set();
    this.asked = 0;
    this.hands = new Map();
    this.untold = new Map();
    // anywidget hears no more of Python where a model took over two seconds to start, as on a busy hub. Every
    // widget's layout is a model of Jupyter's own, and passes on whatever is said to it.
    this.post = model.get("layout");
    this.post.on("msg:custom", (content, buffers) => this.answer(content, buffers));
    this.ready = this.begin();
  }

  async begin() {
    const hands = this.model.get("hands");
    for (const [i, control] of this.spec.controls.entries()) {
      const hand = await this.model.widget_manager.get_model(hands[control.name].replace("IPY_MODEL_", ""));
      this.hands.set(control.name, hand);
      this.holdBack(hand);
      hand.on(control.options ? "change:index" : "change:value", () => this.moved(control.name, i));
    }
    await this.take([this.placesOf(this.spec.start)], bytesOf(this.model.get("first")));
    this.places = this.standing();
    this.bringFonts();
  }

  // Python need not hear of what a hand passes: it is told where the hand rests. Else every move would keep kernel,
  // server and page busy with a message and three replies.
  holdBack(hand) {
    const save = hand.save_changes.bind(hand);
    hand.save_changes = (...given) => {
      if (![...this.views].some((view) => view.down)) {
        save(...given);
        return;
      }
      this.untold.set(hand, () => save(...given));
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.tell(), HAND_PAUSES_MS);
    };
  }

  tell() {
    clearTimeout(this.pause);
    for (const save of this.untold.values()) save();
    this.untold.clear();
  }

  placeOf(control, value) {
    return control.options ? control.options.indexOf(value) : Math.round((value - control.low) / control.step);
  }

  placesOf(values) {
    return this.spec.controls.map((control) => this.placeOf(control, values[control.name]));
  }

  standing() {
    return this.spec.controls.map((control) => {
      const hand = this.hands.get(control.name);
      return control.options ? hand.get("index") : this.placeOf(control, hand.get("value"));
    });
  }

  // A scenario or the reset: said by the controls themselves, so that no earlier move of theirs, still waiting for
  // Python, arrives after it.
  put(values) {
    const places = this.placesOf(values);
    this.spec.controls.forEach((control, i) => {
      const hand = this.hands.get(control.name);
      hand.set(control.options ? { index: places[i] } : { value: values[control.name] });
      hand.save_changes();
    });
  }

  valuesOf(places) {
    return Object.fromEntries(this.spec.controls.map((control, i) => [
      control.name, control.options ? control.options[places[i]] : Number((control.low + places[i] * control.step).toFixed(6))]));
  }

  count(control) {
    return control.options ? control.options.length : Math.round((control.high - control.low) / control.step) + 1;
  }

  // Pictures are written in the course's font; a notebook does not have it.
  bringFonts() {
    const there = [...document.fonts].some((face) => face.family.includes("Atkinson Hyperlegible Next"));
    if (!there && !globalThis.ketalabFonts) {
      globalThis.ketalabFonts = true;
      this.send({ ask: "fonts" });
    }
  }

  async takeFonts(names, buffers) {
    for (const [i, name] of names.entries()) {
      const weight = name.endsWith("Bold") ? "700" : "400";
      const face = new FontFace("Atkinson Hyperlegible Next", bytesOf(buffers[i]), { weight });
      document.fonts.add(await face.load());
    }
    for (const view of this.views) view.picture.soon();
  }

  async answer(content, buffers) {
    if (content.fonts) { await this.takeFonts(content.fonts, buffers); return; }
    if (content.frames) await this.take(content.frames, bytesOf(buffers[0]));
    // Not before it is read: a piece of a row that is read meanwhile would ask for the same again.
    const heard = content.id === this.waiting?.id;
    if (heard) this.heard();
    if (content.refused) this.say(content.refused);
    else this.show();
    if (heard && this.afterwards) {
      const name = this.afterwards;
      this.afterwards = null;
      requestAnimationFrame(() => setTimeout(() => this.bringRow(name))); // when it has been painted
    }
  }

  // One after the other, whatever the time to unpack each: axes come with the first frame that needs them.
  take(places, bytes) {
    this.taken = (this.taken ?? Promise.resolve()).catch(() => {}).then(() => this.read(places, bytes));
    return this.taken;
  }

  async read(places, bytes) {
    const { header, rows } = open(await inflate(bytes));
    for (const [index, ground] of Object.entries(header.grounds)) this.grounds.set(Number(index), ground);
    const frames = readRow(rows[0], { ...header, looks: this.spec.looks }, places.length);
    places.forEach((place, i) => {
      this.frames.delete(String(place));
      this.frames.set(String(place), frames[i]);
    });
    while (this.frames.size > MOST_KEPT) this.frames.delete(this.frames.keys().next().value);
  }

  moved(name) {
    this.places = this.standing();
    for (const view of this.views) view.begin(name);
    this.show();
    this.wantRow(name);
  }

  // The row of a control. A setting that is asked for by itself comes first, onto the screen: a machine that
  // computes the row meanwhile has less left for both.
  wantRow(name) {
    if (this.waiting) this.afterwards = name;
    else this.bringRow(name);
  }

  show() {
    const key = String(this.places), frame = this.frames.get(key);
    if (frame) {
      if (!this.waiting || this.waiting.key === key) this.say("");
      for (const view of this.views) view.show(frame, this.places);
    } else if (!this.waiting) this.askFor(key);
  }

  askFor(key) {
    this.waiting = { key, id: this.asked += 1, timer: setTimeout(() => this.unheard(), PATIENCE_MS) };
    this.send({ ask: "one", id: this.waiting.id, values: this.valuesOf(this.places) });
  }

  // What has arrived stays usable; the rest is said to be missing.
  unheard() {
    clearTimeout(this.waiting?.timer);
    this.waiting = null;
    this.afterwards = null;
    this.row = null;
    this.say("Python does not answer. If it is not busy with another cell, it was restarted: run this cell again.");
  }

  send(content) {
    try {
      this.post.send({ ...content, have: [...this.grounds.keys()] });
    } catch {
      this.unheard(); // the connection is gone
    }
  }

  heard() {
    clearTimeout(this.waiting.timer);
    this.waiting = null;
    this.say("");
  }

  at(name) {
    return this.spec.controls.findIndex((control) => control.name === name);
  }

  // The positions of a control, the others where they stand, whose frames are not here.
  missing(name) {
    const at = this.at(name), missing = [];
    for (let i = 0; i < this.count(this.spec.controls[at]); i += 1) {
      if (!this.frames.has(String(this.places.with(at, i)))) missing.push(i);
    }
    return missing;
  }

  // The whole row of a control, unless it is here or on its way.
  bringRow(name) {
    const at = this.at(name);
    if (at < 0) return;
    const others = String(this.places.with(at, -1)), row = `${name}:${others}`;
    if (this.row === row) return;
    const missing = this.missing(name);
    this.row = row;
    if (!missing.length) return;
    this.send({ ask: "row", id: `row ${this.asked += 1}`, control: name, missing, values: this.valuesOf(this.places) });
  }

  // The hand has left before the row was whole: it is brought when the hand is back.
  leave() {
    this.afterwards = null;
    if (!this.row) return;
    const name = this.row.slice(0, this.row.indexOf(":"));
    this.row = null;
    if (this.missing(name).length) this.send({ ask: "stop" });
  }

  say(words) {
    for (const view of this.views) view.say(words);
  }
}

// One view of it.
class Notebook {
  constructor(desk, element) {
    this.desk = desk;
    this.element = element;
    this.picture = new Picture(desk.spec);
    this.said = new Readout(desk.spec.title);
    this.trouble = make("p", { class: "ketalab-broken", role: "status" });
    element.append(this.picture.element, this.trouble, this.said.element);
    this.watch = new AbortController();
    const { signal } = this.watch;
    for (const kind of ["pointerover", "pointerdown", "focusin"]) {
      document.addEventListener(kind, (event) => this.near(event), { signal, capture: true });
    }
    for (const kind of ["pointerup", "pointercancel"]) {
      document.addEventListener(kind, () => this.rest(), { signal, capture: true });
    }
    // After the menu and the button themselves have told Python.
    for (const kind of ["change", "click"]) {
      document.addEventListener(kind, (event) => this.choose(event), { signal });
    }
    this.eye = new IntersectionObserver((seen) => this.see(seen.at(-1).isIntersecting), { threshold: 0.5 });
    this.eye.observe(this.picture.element);
    desk.views.add(this);
    desk.show();
  }

  choose(event) {
    const { spec } = this.desk, part = event.target.closest?.(".ketalab-scenario select, .ketalab-reset");
    if (!this.beside(part) || (event.type === "change") !== (part.localName === "select")) return;
    const values = part.localName === "select" ? scenarioOf(spec, part.value) : spec.start;
    if (values) this.desk.put(values);
  }

  beside(part) {
    return Boolean(part?.closest(".ketalab-explorable")?.contains(this.element));
  }

  // A hand has come near a control: bring its row; it holds it: keep the axes.
  near(event) {
    const hand = event.target.closest?.(`[class*="${NEARNESS}"]`);
    if (!this.beside(hand)) {
      if (event.type !== "pointerdown") this.come(this.beside(event.target));
      return;
    }
    this.come(true);
    const name = [...hand.classList].find((one) => one.startsWith(NEARNESS)).slice(NEARNESS.length);
    if (event.type === "pointerdown") {
      this.begin(name);
      this.down = Boolean(event.target.closest("[class*=noUi-]")); // a menu may keep to itself that the hand let go
      if (this.down) clearTimeout(this.resting);
    }
    this.nearest = name;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.desk.wantRow(name), HAND_PASSES_MS); // after the setting pressed on
  }

  // A picture that stays in sight is read, and then its first slider is moved.
  see(here) {
    clearTimeout(this.seeing);
    if (here) this.seeing = setTimeout(() => { this.eye.disconnect(); this.expect(); }, EYE_STAYS_MS);
  }

  // A hand that stays beside the picture is on its way to a control, most likely to the one where it was before, or
  // to the first slider; one that has left needs none.
  come(here) {
    if (here) {
      this.here = true;
      this.coming ??= setTimeout(() => this.expect(), HAND_STAYS_MS);
    } else if (this.here && !this.down && !this.beside(document.activeElement)) {
      this.here = false;
      clearTimeout(this.asking);
      clearTimeout(this.coming);
      this.coming = null;
      this.desk.leave();
    }
  }

  expect() {
    this.coming = null;
    const slider = this.desk.spec.controls.find((control, i) => !control.menu && !this.greyed?.[i]);
    this.desk.wantRow(this.nearest ?? slider?.name);
  }

  begin(name) {
    const now = Date.now();
    if (this.down) return; // a hand that holds still and goes on began where it began
    if (this.moving !== name || now - this.last > 1500) this.picture.remember();
    this.moving = name;
    this.last = now;
    this.picture.hold();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.picture.release(), HAND_RESTS_MS);
  }

  rest() {
    if (!this.down) return;
    this.down = false;
    this.last = Date.now();
    this.desk.tell();
    requestAnimationFrame(() => { if (!this.down) this.picture.release(); }); // unless it has pressed again
  }

  say(words) {
    if (this.trouble.textContent !== words) this.trouble.textContent = words;
  }

  show(frame) {
    const { picture, desk } = this;
    for (const index of [frame.ground, picture.ghost?.ground ?? frame.ground]) {
      if (!picture.grounds.has(index)) picture.addGround(index, desk.grounds.get(index));
    }
    if (picture.frame === frame) return;
    picture.show(frame);
    if (frame.words === this.words) return;
    this.words = frame.words;
    const said = spoken(frame.words);
    this.greyed = said.greyed;
    this.said.show(said);
    picture.describe(this.said.alt);
    const whole = this.element.closest(".ketalab-explorable");
    desk.spec.controls.forEach((control, i) => {
      const hand = whole?.querySelector(`.${NEARNESS}${control.name}`), why = said.greyed[i] ?? "";
      hand?.classList.toggle("ketalab-greyed", Boolean(why));
      if (hand) hand.dataset.why = why;
    });
  }

  dispose() {
    this.down = false;
    this.desk.tell();
    this.watch.abort();
    clearTimeout(this.resting);
    for (const waiting of [this.coming, this.asking, this.seeing]) clearTimeout(waiting);
    this.eye.disconnect();
    this.desk.views.delete(this);
  }
}

export {
  Desk, Frames, Page, Picture, blend, enlarged, freest, fromBase64, inLines, inflate, lasting, measured, mount, mountAll, newAxes,
  open, placed, readRow, refusal, remap, scenarioOf, spoken, valueAt, written,
};

export default () => {
  let desk;
  return {
    initialize({ model }) {
      desk = new Desk(model);
    },
    async render({ el }) {
      await desk.ready;
      const view = new Notebook(desk, el);
      return () => view.dispose();
    },
  };
};
