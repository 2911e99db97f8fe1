// The explorer's controls: native inputs and buttons, so that keyboards and screen readers know them.

const LIVE_MS = 100; // a prompt is asked about this long after the last key

/** The sliders, the text boxes and the buttons. */
export function makeControls(data, change, on, reset) {
  const setters = {};
  let settings = data.settings;
  const put = (name, value) => change({ ...settings, [name]: value });

  const sliders = Object.entries(data.sliders).map(([name, [min, max, step]]) => {
    const input = makeInput("range", { min, max, step });
    const value = element("span", "value"); // an <output> would speak at each move
    value.setAttribute("aria-hidden", "true");
    input.addEventListener("input", () => put(name, input.valueAsNumber));
    setters[name] = (x) => {
      const text = String(Number(x.toFixed(4)));
      if (input.valueAsNumber !== x) input.value = x;
      input.setAttribute("aria-valuetext", text);
      value.textContent = text;
    };
    return element("label", "slider", null, element("span", "title", name), input, value);
  });

  const hints = { logit_bias: "as: ␣London -5" };
  if (!data.counts) hints.so_far = "as: ␣London 好";
  const texts = Object.entries(hints).map(([name, placeholder]) => {
    const input = makeInput("text", { placeholder, spellcheck: false, autocomplete: "off" });
    input.addEventListener("change", () => put(name, input.value));
    setters[name] = (text) => {
      if (input.value !== text) input.value = text;
    };
    const title = name === "so_far" ? "tokens so far" : name;
    return element("label", "text", null, element("span", "title", title), input);
  });

  const row = element("div", "buttons");
  if (on.draw) {
    const seed = makeInput("number", { min: 0, max: 2 ** 31 - 1, step: 1 });
    seed.addEventListener("change", () => {
      if (seed.checkValidity() && seed.value !== "") put("seed", seed.valueAsNumber);
      else seed.value = settings.seed;
    });
    setters.seed = (x) => (seed.value = x);
    row.append(
      makeButton("Draw 1,000 tokens", on.draw),
      element("label", "seed", "seed ", seed),
    );
  }
  row.append(makeButton("Reset", reset));

  function set(next) {
    settings = next;
    for (const [name, setter] of Object.entries(setters)) setter(next[name]);
  }
  return { box: element("div", "controls", null, ...sliders, ...texts, row), set };
}

function makeInput(type, attributes) {
  return keepKeys(Object.assign(document.createElement("input"), { type, ...attributes }));
}

function makeButton(text, action) {
  const button = keepKeys(element("button", "action", text));
  button.type = "button";
  button.addEventListener("click", action);
  return button;
}

/** The prompt, the answer so far, and the tokens as buttons that append. */
export function makeLive(picture, on) {
  const prompt = keepKeys(element("textarea", "prompt"));
  prompt.rows = 2;
  const answer = element("span", "answer");
  const back = makeButton("Take back", on.back);
  let timer = null; // runs while what was typed is not yet asked about
  let known = null; // the prompt of the distribution that is shown
  let shown = [];
  prompt.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, LIVE_MS);
  });
  function ask() {
    timer = null;
    on.prompt(prompt.value);
  }

  const buttons = () => [...picture.list.querySelectorAll("button:not(:disabled)")];
  picture.list.addEventListener("click", (event) => {
    const chosen = [...picture.list.querySelectorAll("button")].indexOf(event.target);
    if (chosen >= 0) on.append(shown[chosen].id, shown[chosen].name);
  });
  picture.list.addEventListener("keydown", (event) => {
    const all = buttons();
    const here = all.indexOf(event.target);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Backspace") on.back();
    else if (all[to]) all[to].focus();
    else return;
    event.preventDefault();
  });
  // one stop for Tab: the token that had the focus last
  picture.list.addEventListener("focusin", (event) => {
    for (const button of buttons()) button.tabIndex = button === event.target ? 0 : -1;
  });

  function set(data, rows) {
    if (known !== data.prompt) {
      known = data.prompt;
      if (timer === null && document.activeElement !== prompt) prompt.value = known;
    }
    answer.textContent = data.answer.join("");
    answer.classList.toggle("empty", !data.answer.length);
    // not `disabled`, which would take the focus away: the next key would be JupyterLab's
    back.setAttribute("aria-disabled", !data.answer.length);
    shown = rows;
    [...picture.list.querySelectorAll("button")].forEach((button, i) => {
      button.type = "button";
      button.disabled = rows[i].id === null;
    });
    const all = buttons();
    if (!all.some((button) => button.tabIndex === 0 && button.hasAttribute("tabindex"))) {
      all.forEach((button, i) => (button.tabIndex = i ? -1 : 0));
    }
  }

  const asked = element("label", "asked", null, element("span", "title", "prompt"), prompt);
  const said = element("div", "said", null, element("span", "title", "answer"), answer, back);
  return { box: element("div", "live", null, asked, said), set };
}
