// In every page of `lab_speed.py` before anything else runs: when a hand moved, when the picture changed, when that
// change was painted, and the bytes that went through websockets meanwhile. One rule for every tool.
(() => {
  const now = () => performance.now();
  const probe = { box: null, kind: null, from: null, changed: null, painted: null, bytes: 0, heard: 0 };
  window.probe = probe;

  // What goes to the kernel and comes back, before it is compressed.
  const count = (data) => {
    probe.bytes += typeof data === "string" ? new Blob([data]).size : data.byteLength ?? data.size;
    probe.heard = now();
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => count(event.data));
    }

    send(data) {
      count(data);
      super.send(data);
    }
  };

  // The hand: the time at which the browser was given the event, before the page heard of it.
  for (const kind of ["pointerdown", "pointermove"]) {
    window.addEventListener(kind, (event) => {
      if (probe.kind === kind && probe.from === null) probe.from = event.timeStamp;
    }, true);
  }

  // The picture changes when a canvas is cleared or drawn on by an image, when an image has come, when something in
  // an SVG or a text is another.
  const note = (node) => {
    if (probe.from !== null && probe.changed === null && probe.box?.contains(node)) probe.changed = now();
  };
  for (const name of ["clearRect", "drawImage", "putImageData"]) {
    const plain = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      note(this.canvas);
      return plain.apply(this, given);
    };
  }
  document.addEventListener("load", ({ target }) => { if (target instanceof HTMLImageElement) note(target); }, true);
  const counts = ({ type, target, addedNodes, removedNodes }) => target instanceof SVGElement
    || type === "characterData"
    || (type === "childList" && [...addedNodes, ...removedNodes].every((node) => node instanceof Text));
  const observer = new MutationObserver((records) => records.filter(counts).forEach(({ target }) => note(target)));

  // A message that is sent from an animation frame arrives when the frame has been laid out and painted.
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (probe.changed !== null && probe.painted === null) probe.painted = now();
  };
  const frame = () => {
    if (!probe.box) return;
    channel.port2.postMessage(null);
    requestAnimationFrame(frame);
  };

  // Watch this element; null ends it.
  probe.watch = (box) => {
    const rests = !probe.box;
    observer.disconnect();
    probe.box = box;
    if (!box) return;
    observer.observe(box, { subtree: true, childList: true, characterData: true, attributes: true });
    if (rests) requestAnimationFrame(frame);
  };

  // From now on the next event of this kind is the hand.
  probe.arm = (kind) => Object.assign(probe, { kind, from: null, changed: null, painted: null, bytes: 0 });

  const pause = (time) => new Promise((go) => { setTimeout(go, time); });

  // When nothing has gone through a websocket for so long.
  probe.quiet = async (time, patience) => {
    const began = now();
    while (now() - Math.max(probe.heard, began) < time && now() - began < patience) await pause(10);
  };

  // What the move led to, when it is painted and the kernel has said its last word; null when no answer came.
  probe.answer = async (time, patience) => {
    const began = now();
    while (probe.painted === null) {
      if (now() - began > patience) return null;
      await pause(5);
    }
    await probe.quiet(time, patience);
    const { from, changed, painted, bytes } = probe;
    return { changed: changed - from, painted: painted - from, bytes };
  };
})();
