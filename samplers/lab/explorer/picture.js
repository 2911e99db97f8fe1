// The explorer's picture in the browser: what it shows as plain values, its words, and its SVG.
//
// Nothing here measures the page: widths are shares of the place that there is. So a picture that
// was drawn in a hidden tab is right when the tab is shown, at any width and on any screen.

const SCALES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1]; // right ends of the x axis
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]; // as shares of the scale
const VISIBLE = 0.0005; // the smallest change that shows in three decimals
const SVG = "http://www.w3.org/2000/svg";

/** A probability in few characters: 0.600, 0.041, 3.1e-5, <1e-9, 0. */
export function number(p) {
  if (p === 0) return "0";
  if (p >= VISIBLE) return p.toFixed(3);
  return p < 1e-9 ? "<1e-9" : p.toExponential(1);
}

/** A change with its sign, and a real minus sign: +0.141, −0.026. */
export function signed(x) {
  return (x < 0 ? "−" : "+") + Math.abs(x).toFixed(3);
}

const counted = new Intl.NumberFormat("en-US").format;
const size = (x) => (x < 99.95 ? x.toFixed(1) : counted(Math.round(x)));

/** [text, kind] for a probability's change: "▲ +0.141", "▼ −0.026", "=" or "× removed". */
function change(before, after) {
  if (after === 0 && before > 0) return ["× removed", "loss"];
  const gain = after - before;
  if (Math.abs(gain) < VISIBLE) return ["=", "same"];
  return gain > 0 ? [`▲ ${signed(gain)}`, "gain"] : [`▼ ${signed(gain)}`, "loss"];
}

function sum(probs) {
  let total = 0;
  for (let i = 0; i < probs.length; i++) total += probs[i];
  return total;
}

/**
 * One row for each of `ids`, and one for all other tokens if there are any.
 *
 * `drawn`: null, or {ids, counts, total} of the draws. A row's share of them has a band beside it:
 * chance alone puts it there in 95 % of all cases.
 */
export function rowsOf(names, before, after, ids, drawn) {
  const share = drawn && new Map(drawn.ids.map((id, i) => [id, drawn.counts[i] / drawn.total]));
  const rows = ids.map((id) => ({
    id,
    name: names[id],
    before: before[id],
    after: after[id],
    share: share ? share.get(id) || 0 : null,
  }));
  const others = names.length - ids.length;
  if (others > 0) {
    const rest = (key, whole) => whole - rows.reduce((sum, row) => sum + row[key], 0);
    const none = (x) => (x > 1e-12 ? x : 0);
    rows.push({
      id: null,
      name: `other ${counted(others)} token${others > 1 ? "s" : ""}`,
      before: none(rest("before", sum(before))),
      after: none(rest("after", sum(after))),
      share: share ? none(rest("share", 1)) : null,
    });
  }
  for (const row of rows) {
    row.band = drawn && 1.96 * Math.sqrt((row.after * Math.max(1 - row.after, 0)) / drawn.total);
  }
  return rows;
}

/** The line under the picture: what can be drawn, how uncertain it is, who gained and lost most. */
export function summary(names, before, after, effective, drawn) {
  let kept = 0;
  let gainer = 0;
  let loser = 0;
  let gain = -Infinity;
  let loss = Infinity;
  for (let i = 0; i < after.length; i++) {
    if (after[i] > 0) kept++;
    const change = after[i] - before[i];
    if (change > gain) [gainer, gain] = [i, change];
    if (change < loss) [loser, loss] = [i, change];
  }
  const parts = [
    `${counted(kept)} of ${counted(names.length)} tokens can be drawn`,
    `effective vocabulary ${effective.map(size).join(" → ")}`,
  ];
  if (gain >= VISIBLE) parts.push(`most gained ${names[gainer]} ${signed(gain)}`);
  if (loss <= -VISIBLE) parts.push(`most lost ${names[loser]} ${signed(loss)}`);
  if (drawn) parts.push(`${counted(drawn.total)} drawn with seed ${drawn.seed}`);
  return `${parts.join("; ")}.`;
}

/** The alternative text: every row, then the summary. */
export function describe(rows, words) {
  const said = rows.map((row) => {
    const share = row.share === null ? "" : `, drawn ${row.share.toFixed(3)}`;
    return `${row.name} ${number(row.before)} to ${number(row.after)}${share}`;
  });
  return `Bars before and after: ${said.join("; ")}. ${words}`;
}

/**
 * The right end of the x axis: all bars fit, that of the rest only if all others stay visible. It
 * is cut where it needs more than five times the scale of the tokens.
 */
function scaleOf(rows) {
  const tokens = fitting(rows.filter((row) => row.id !== null));
  const whole = fitting(rows);
  return whole <= 5 * tokens ? whole : tokens;
}

function fitting(rows) {
  const tallest = Math.max(...rows.map((row) => Math.max(row.before, row.after, row.share || 0)));
  return SCALES.find((scale) => scale >= tallest) || 1;
}

/** An element with a class, a text (never HTML: tokens are the model's words), and children. */
export function element(tag, name, text, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The hatches of removed and of gathered bars; `id` keeps them apart from another explorer's. */
function hatches(id) {
  const lines = { removed: "M0 0L6 6M6 0L0 6", before: "M0 6L6 0", after: "M0 6L6 0" };
  const patterns = Object.entries(lines).map(([kind, d]) =>
    svg(
      "pattern",
      { id: `${id}-${kind}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
      svg("rect", { class: "paper", width: 6, height: 6 }),
      svg("path", { class: `hatch ${kind}`, d }),
    ),
  );
  return svg("svg", { class: "hatches", "aria-hidden": "true" }, svg("defs", {}, ...patterns));
}

function legend(id, [before, after]) {
  const keys = { before, after, removed: "removed", share: "share drawn", band: "95 % of chance" };
  const items = Object.entries(keys).map(([kind, key]) => {
    const bar = { class: `bar ${kind}`, x: 1, y: 1, width: 20, height: 10 };
    if (kind === "removed") bar.style = `fill: url(#${id}-removed)`;
    let mark = svg("rect", bar);
    if (kind === "share") mark = svg("path", { class: "share", d: "M6 6L11 1 16 6 11 11z" });
    if (kind === "band") mark = svg("path", { class: "band", d: "M1 6H21" });
    const ofDraws = kind === "share" || kind === "band";
    const swatch = svg("svg", { width: 22, height: 12, "aria-hidden": "true" }, mark);
    return element("span", ofDraws ? "key of-draws" : "key", null, swatch, ` ${key}`);
  });
  return element("div", "legend", null, ...items);
}

/** A shape at a share x of the width. */
function makeMark(name, d, x) {
  return svg("svg", { class: "mark", x }, svg("path", { class: name, d }));
}

/** The parts of one row, which are made once and then only change. */
function makeRow(tag) {
  const name = keepKeys(element(tag, "name"));
  const bars = svg("svg", { class: "bars", "aria-hidden": "true" });
  for (const tick of TICKS) {
    const x = `${tick * 100}%`;
    bars.append(svg("line", { class: "grid", x1: x, x2: x, y2: "100%" }));
  }
  const before = svg("rect", { y: 3, height: 10 });
  const after = svg("rect", { y: 14, height: 10 });
  const cutBefore = makeMark("cut", "M-4 14L0 2M2 14L6 2", "95%");
  const cutAfter = makeMark("cut", "M-4 25L0 13M2 25L6 13", "95%");
  const band = svg("line", { class: "band", y1: 19, y2: 19 });
  const share = makeMark("share", "M-5 19L0 14 5 19 0 24z", 0);
  bars.append(before, after, cutBefore, cutAfter, band, share);
  const numbers = element("span", "numbers");
  const gained = element("span", "change");
  const row = element("div", "row", null, name, bars, numbers, gained);
  return { row, name, before, after, cutBefore, cutAfter, band, share, numbers, gained };
}

/** What stays as it was is left alone: the browser would lay it out again. */
function say(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

function put(part, name, value) {
  if (part.getAttribute(name) !== value) part.setAttribute(name, value);
}

const show = (part, shown) => put(part, "visibility", shown ? "visible" : "hidden");

/** Put one row's values into its parts; bars end at `scale`. */
function fillRow(parts, row, scale, id) {
  const at = (x) => `${Math.min(Math.max(x / scale, 0), 1) * 100}%`;
  const removed = row.after === 0 && row.before > 0;
  const rest = row.id === null;
  say(parts.name, row.name);
  put(parts.name, "title", row.name);
  parts.row.classList.toggle("gone", removed);

  const fills = { before: removed ? "removed" : "before", after: "after" };
  for (const [side, kind] of Object.entries(fills)) {
    put(parts[side], "width", at(row[side]));
    put(parts[side], "class", `bar ${kind}`);
    // an attribute would lose against the stylesheet
    parts[side].style.fill = kind === "removed" || rest ? `url(#${id}-${kind})` : "";
    show(parts[side], row[side] > 0);
  }
  show(parts.cutBefore, row.before > scale);
  show(parts.cutAfter, row.after > scale);
  show(parts.band, row.share !== null);
  show(parts.share, row.share !== null && row.share <= scale); // none on a bar that is cut
  if (row.share !== null) {
    put(parts.band, "x1", at(row.after - row.band));
    put(parts.band, "x2", at(row.after + row.band));
    put(parts.share, "x", at(row.share));
  }

  say(parts.numbers, `${number(row.before)} → ${number(row.after)}`);
  const [text, kind] = change(row.before, row.after);
  say(parts.gained, text);
  put(parts.gained, "class", `change ${kind}`);
}

/**
 * The picture's place in the page, and a function that draws rows there.
 *
 * `tag` is the element of a token's name: "span", or "button" where it can be chosen. `sides` are
 * the names of the two bars in each row.
 */
export function makePicture(tag, sides = ["before", "after"]) {
  const id = `samplers-${Math.random().toString(36).slice(2)}`; // no other picture has it
  const list = element("div", "rows");
  const ticks = svg("svg", { class: "axis", "aria-hidden": "true" });
  for (const tick of TICKS) {
    const anchor = tick === 0 ? "start" : tick === 1 ? "end" : "middle";
    ticks.append(svg("text", { x: `${tick * 100}%`, y: 13, "text-anchor": anchor }));
  }
  const unit = element("span", "unit", "probability");
  const axis = element("div", "row axis-row", null, element("span"), ticks, unit);
  const box = element("div", "picture", null, hatches(id), list, axis, legend(id, sides));
  const made = [];

  function draw(rows) {
    while (made.length < rows.length) {
      made.push(makeRow(tag));
      list.append(made.at(-1).row);
    }
    while (made.length > rows.length) made.pop().row.remove();

    const scale = scaleOf(rows);
    rows.forEach((row, i) => fillRow(made[i], row, scale, id));
    TICKS.forEach((tick, i) => {
      say(ticks.children[i], String(Number((tick * scale).toFixed(4))));
    });
    box.classList.toggle("drawn", rows.some((row) => row.share !== null));
  }
  return { box, list, draw };
}
