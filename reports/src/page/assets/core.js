"use strict";
// What every other file needs: the data, text made safe to show, times in words, and searches by time.
const Page = {};

Page.data = JSON.parse(document.getElementById("data").textContent);

// ---- Elements. Text only ever goes in as a text node, so no value can become markup.
Page.make = function (tag, attributes, ...children) {
  const element = document.createElement(tag);
  Page.dress(element, attributes);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
};
Page.svg = function (tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Page.dress(element, attributes);
  if (text !== undefined) element.textContent = text;
  return element;
};
Page.dress = function (element, attributes) {
  for (const name in attributes || {}) {
    const value = attributes[name];
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
};
Page.byId = id => document.getElementById(id);
Page.button = (words, tip, click, attributes) => {
  const button = Page.make("button", { type: "button", click, ...attributes }, words);
  if (tip) Page.tip.on(button, tip);
  return button;
};

// ---- Text. A value may hold anything; what would break a line or turn the writing direction is shown as a sign.
Page.text = index => (index >= 0 && index < Page.data.texts.length ? Page.data.texts[index] : "");
Page.clean = text => String(text)
  .replace(/\r\n|[\n\r\u2028\u2029]/g, "↵").replace(/\t/g, "⇥")
  .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
// Cuts between characters, never inside one.
Page.cut = function (text, most) {
  if (text.length <= most) return text;
  const characters = Array.from(text.slice(0, most * 2));
  return characters.length <= most && text.length <= most * 2 ? text : characters.slice(0, most - 1).join("") + "…";
};
// First-strong isolates keep right-to-left values from turning the sentence around them.
Page.isolate = text => "\u2068" + text + "\u2069";
Page.short = (index, most) => Page.isolate(Page.cut(Page.clean(Page.text(index)), most || 40));
Page.quote = (index, most) => "“" + Page.isolate(Page.cut(Page.clean(Page.text(index)), most || 4000)) + "”";
Page.lane = index => Page.isolate(Page.clean(Page.data.lanes[index] === undefined ? "?" : Page.data.lanes[index]));
Page.count = (number, one, many) => number.toLocaleString("en") + " " + (number === 1 ? one : many || one + "s");
Page.list = words => words.length < 2 ? words.join("") : words.slice(0, -1).join(", ") + " and " + words[words.length - 1];

// ---- Times: whole nanoseconds in the data, seconds on the screen.
Page.time = function (ns, step) {
  // As many decimals as tell neighbours a `step` apart from each other; else at least three, at most nine.
  if (step) return (ns / 1e9).toFixed(Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / 1e9) - 1e-9)))) + " s";
  return (ns / 1e9).toFixed(9).replace(/0{1,6}$/, "") + " s";
};
Page.span = function (ns) {
  const units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
  const [size, unit] = units.find(([size]) => ns >= size) || units[3];
  return Number((ns / size).toPrecision(3)) + " " + unit;
};

// ---- Searches in sorted numbers.
Page.lower = function (sorted, value) { // the first place whose number is >= value
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1; else high = middle;
  }
  return low;
};
Page.upper = function (sorted, value) { // the first place whose number is > value
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1; else high = middle;
  }
  return low;
};

// Things that last from a start to an end, sorted by start. Finds those that touch a stretch of time without
// looking at all: blocks of 256 know their latest end, so that long ones that began early are still found.
Page.Spans = class {
  constructor(ids, starts, ends) {
    this.ids = ids;
    this.starts = new Float64Array(ids.length);
    this.ends = new Float64Array(ids.length);
    this.latest = new Float64Array(Math.ceil(ids.length / 256)).fill(-1);
    for (let place = 0; place < ids.length; place++) {
      const end = ends[ids[place]];
      this.starts[place] = starts[ids[place]];
      this.ends[place] = end;
      if (end > this.latest[place >> 8]) this.latest[place >> 8] = end;
    }
  }
  // At most about `most` ids, and how many there are. What is left out is chosen by place, in coarse steps,
  // so that the same ones stay while one pans.
  find(from, to, most) {
    const first = Page.lower(this.starts, from), last = Page.upper(this.starts, to);
    const early = [];
    for (let block = 0; block << 8 < first; block++) {
      if (this.latest[block] < from) continue;
      const stop = Math.min(first, (block + 1) << 8);
      for (let place = block << 8; place < stop; place++) if (this.ends[place] >= from) early.push(place);
    }
    const total = early.length + last - first;
    let step = 1;
    while (total / step > most) step = Math.ceil(step * 1.3);
    const found = [];
    for (const place of early) if (place % step === 0) found.push(this.ids[place]);
    for (let place = Math.ceil(first / step) * step; place < last; place += step) found.push(this.ids[place]);
    return { found, total };
  }
};
