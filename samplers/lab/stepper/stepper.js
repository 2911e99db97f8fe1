// The stepper's pictures in the browser: the text so far, what can come next, and the tree.
//
// Each step needs the model, so the kernel computes all of it; here it is drawn and said in words.

const KEYS = ["shown", "asking", "error"]; // what the kernel may change

/**
 * A stepper's pictures in `el`. Returns {update(data)}, which shows `data`.
 *
 * `data`: asking (is the model at work?), error (a sentence), and shown: text, ended (the stop
 * token after it, or ""), rows (see picture.js; none after a stop token), sides (the names of their
 * two bars), caption (lines), tree (boxes; see tree.js), undrawn (visited tokens without a box),
 * and the alternative texts rows_alt and tree_alt.
 */
export function stepper(el, data) {
  const text = element("span", "answer");
  const state = element("span", "state");
  const said = element("p", "so-far", "Text so far: ", text, state);
  const picture = makePicture("span", data.shown.sides);
  const caption = element("div", "caption");
  const error = element("p", "error");
  const tree = makeTree();
  const speech = makeSpeech();
  picture.list.setAttribute("role", "img");
  error.setAttribute("role", "alert");
  const parts = [said, picture.box, caption, error, tree.box, speech.box];
  el.replaceChildren(element("div", "samplers-explorer", null, ...parts));

  function draw(shown) {
    text.textContent = shown.text;
    text.classList.toggle("empty", !shown.text);
    picture.box.hidden = !shown.rows.length;
    if (shown.rows.length) picture.draw(shown.rows);
    picture.list.setAttribute("aria-label", shown.rows_alt);
    caption.replaceChildren(...shown.caption.map((line) => element("p", "", line)));
    tree.draw(shown);
  }

  function update(next) {
    const { shown, asking } = next;
    if (shown !== data?.shown) draw(shown);
    data = next;
    const ended = shown.ended ? ` ended by ${shown.ended}: go back or branch` : "";
    state.textContent = asking ? " … asking the model" : ended;
    say(error, next.error);
    if (!asking) speech.say([said.textContent, shown.rows_alt, shown.tree_alt].join(" "));
  }

  const first = data;
  data = null;
  update(first);
  return { update };
}

/** For anywidget: the kernel's values in. */
function render({ model, el }) {
  const read = () => Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
  const view = stepper(el, read());
  const update = () => view.update(read());
  for (const key of KEYS) model.on(`change:${key}`, update);
  const endNames = nameSliders(el);
  return () => {
    endNames();
    KEYS.forEach((key) => model.off(`change:${key}`, update));
  };
}

export default { render };
