// The explorer in the browser: sliders over a distribution, and its picture.
//
// `explorer(el, data, on)` needs no notebook and no server: a page can call it with a plain object.
// `render` is the thin layer between it and a notebook's kernel.

const SYNC_MS = 150; // the kernel hears of a slider this long after it last moved
const DISTRIBUTION = ["logits", "names", "top"]; // what a distribution alone decides
const OTHERS = ["settings", "drawn", "counts", "prompt", "answer", "error", "note"];
const KEYS = [...DISTRIBUTION, ...OTHERS]; // what the kernel may change
const LIVE_LABEL = "Tokens: Enter appends one, Backspace takes the last one back";

/**
 * An explorer in `el`. Returns {update(data)}, which shows what has changed.
 *
 * `data`: logits (bytes of n float32 or float64), names (n lines), engine (an entry of ENGINES),
 * sliders {parameter: [low, high, step]}, settings {name: value}, initial (the settings to reset
 * to), top (rows). Also drawn (see rowsOf), error and note (sentences), and with a live model
 * prompt, answer (names), counts ([id, count] pairs).
 * `on`: change(settings), draw(), prompt(text), append(id, name), back(). What is missing has no
 * control.
 */
export function explorer(el, data, on = {}) {
  const picture = makePicture(on.append ? "button" : "span");
  const controls = makeControls(data, change, on, () => change({ ...data.initial }));
  const live = on.append ? makeLive(picture, on) : null;
  const caption = element("p", "caption");
  const note = element("p", "note");
  const error = element("p", "error");
  const speech = makeSpeech();
  error.setAttribute("role", "alert");
  picture.list.setAttribute("role", live ? "group" : "img");

  const parts = [controls.box, picture.box, caption, note, error, speech.box];
  const box = element("div", "samplers-explorer", null, ...parts);
  if (live) box.prepend(live.box);
  el.replaceChildren(box);

  let names = data.names.split("\n");
  let model = null; // what follows from the logits and names alone
  let rows = [];

  function change(settings) {
    data.settings = settings;
    data.drawn = null; // they were drawn from another distribution
    controls.set(settings);
    if (redraw() && on.change) on.change(settings);
  }

  /** Compute and draw. False, with a sentence in the picture's place, if that cannot be. */
  function redraw() {
    let problem = "";
    try {
      model ||= readModel(data, names);
      rows = drawNow();
    } catch (reason) {
      problem = reason.message;
    }
    const sentence = problem || data.error || "";
    if (error.textContent !== sentence) error.textContent = sentence;
    picture.box.hidden = model === null;
    caption.hidden = model === null;
    if (live) live.set(data, rows);
    return !problem;
  }

  function drawNow() {
    const { before, effective } = model;
    const params = { ...data.settings, logit_bias: biasesOf(model, data.settings.logit_bias) };
    const counts = data.counts || countsOf(model, data.settings.so_far);
    const after = softmax(applyChain(model.logits, params, counts, data.engine));
    const drawn = rowsOf(names, before, after, model.ids, data.drawn);
    picture.draw(drawn);

    const both = [effective, effectiveVocabulary(after)];
    caption.textContent = summary(names, before, after, both, data.drawn);
    note.textContent = data.note || "";
    const alt = describe(drawn, caption.textContent);
    picture.list.setAttribute("aria-label", live ? LIVE_LABEL : alt);
    // a page that is opened does not begin to speak: the picture's label has the same words
    if (live || rows.length) speech.say(alt);
    return drawn;
  }

  /** Show what differs in `next` from what was shown before. */
  function update(next) {
    const before = data;
    data = { ...data, ...next };
    const changed = Object.keys(next).filter((key) => data[key] !== before[key]);
    if (changed.includes("names")) names = data.names.split("\n");
    if (changed.some((key) => DISTRIBUTION.includes(key))) model = null;
    if (changed.includes("settings")) controls.set(data.settings);
    if (changed.length) redraw();
  }

  data = { ...data };
  controls.set(data.settings);
  redraw();
  return { update };
}

/** For anywidget: the kernel's values in, the user's actions out. */
function render({ model, el }) {
  const read = () => Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
  let waiting = null;
  let newest = null; // the settings that the kernel has not been told yet

  function save() {
    clearTimeout(waiting);
    waiting = null;
    newest = null;
    model.save_changes();
  }
  function send(message) {
    if (waiting !== null) save();
    model.send(message);
  }

  let telling = false; // the model: what it says meanwhile is no news
  function tell() {
    telling = true;
    model.set("settings", newest);
    model.set("drawn", null); // with the old settings
    telling = false;
  }
  const on = {
    change(settings) {
      newest = settings;
      tell();
      clearTimeout(waiting);
      waiting = setTimeout(save, SYNC_MS);
    },
    // no message, which could overtake settings that wait until the kernel has read earlier ones
    draw() {
      model.set("draws", model.get("draws") + 1);
      save();
    },
  };
  if (model.get("fixed").live) {
    on.prompt = (text) => send({ do: "prompt", text });
    on.append = (id, name) => send({ do: "append", id, name });
    on.back = () => send({ do: "back" });
  }
  const shown = explorer(el, { ...model.get("fixed"), ...read() }, on);
  function update() {
    if (telling) return;
    if (newest) tell(); // the kernel answers to older settings: the user has moved on
    shown.update(read());
  }
  for (const key of KEYS) model.on(`change:${key}`, update);
  return () => KEYS.forEach((key) => model.off(`change:${key}`, update));
}

export default { render };
