// Words in a picture: measured, cut to fit, and placed so that nothing lies on top of anything.
Page.labels = (() => {
  const pen = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  let taken = [], lines = [];

  function width(text, size, bold) {
    const key = size + (bold ? "b" : "") + text;
    let known = widths.get(key);
    if (known === undefined) {
      if (widths.size > 20000) widths.clear();
      pen.font = (bold ? "600 " : "") + size + "px system-ui, sans-serif";
      widths.set(key, known = pen.measureText(text).width);
    }
    return known;
  }
  // The text cut to a width; nothing if not even three characters fit.
  function fit(text, room, size, bold) {
    if (width(text, size, bold) <= room) return text;
    const letters = Array.from(text.replace(/[\u2068\u2069]/g, ""));
    let low = 0, high = letters.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (width(letters.slice(0, middle).join("") + "…", size, bold) <= room) low = middle; else high = middle - 1;
    }
    return low < 3 ? "" : Page.isolate(letters.slice(0, low).join("") + "…");
  }
  const free = (left, top, right, bottom) =>
    taken.every(box => right <= box[0] || left >= box[2] || bottom <= box[1] || top >= box[3]);
  const block = (left, top, right, bottom) => { taken.push([left, top, right, bottom]); };
  // Lines that matter should not run through words, if there is another place for these.
  const blockLine = (x1, y1, x2, y2) => { lines.push([x1, y1, x2, y2]); };
  const crossed = (left, top, right, bottom) => lines.some(([x1, y1, x2, y2]) => {
    const low = Math.max(top, Math.min(y1, y2)), high = Math.min(bottom, Math.max(y1, y2));
    if (low > high) return false;
    const at = y => (y2 === y1 ? x1 : x1 + (x2 - x1) * (y - y1) / (y2 - y1)), a = at(low), b = at(high);
    return Math.min(a, b) < right && Math.max(a, b) > left;
  });
  // Tries places in turn ([x, y] of the left end of the base line); the first free one inside the picture is taken.
  function place(text, places, size, bold) {
    const wide = width(text, size, bold);
    for (const strict of lines.length ? [true, false] : [false]) for (const [x, y] of places) {
      const box = [x - 3, y - size, x + wide + 3, y + 4];
      if (box[0] < Page.axis.gutter || box[2] > Page.axis.width) continue;
      if (!free(...box) || strict && crossed(...box)) continue;
      block(...box);
      return [x, y];
    }
    return null;
  }
  return { width, fit, block, blockLine, free, place, reset() { taken = []; lines = []; } };
})();
