// What the explorer makes of a distribution and of the tokens that are typed.

/** What follows from a distribution alone: `data` as `explorer` takes it, `names` its n names. */
export function readModel(data, names) {
  const logits = readLogits(data.logits, names.length);
  const before = softmax(logits);
  const ids = mostProbable(logits, before, data.top);
  return { names, logits, before, ids, effective: effectiveVocabulary(before) };
}

const indices = new WeakMap(); // {name: id} of each vocabulary, made when a word is looked up

function indexOf(names) {
  if (!indices.has(names)) {
    const index = new Map();
    names.forEach((name, i) => index.has(name) || index.set(name, i));
    indices.set(names, index);
  }
  return indices.get(names);
}

/** The id of the token that a word names: itself, or itself after a space, if more probable. */
function idOf(model, word, field) {
  const index = indexOf(model.names);
  const found = [word, `␣${word}`].filter((name) => index.has(name));
  if (!found.length) {
    throw new Error(`${field} must be tokens of this distribution, got '${word}'`);
  }
  const ids = found.map((name) => index.get(name));
  return ids.reduce((best, id) => (model.logits[id] > model.logits[best] ? id : best));
}

const wordsOf = (text) => (text || "").split(/\s+/).filter(Boolean);

/** [id, count] pairs of the tokens that `text` lists with spaces between them. */
export function countsOf(model, text) {
  const counts = new Map();
  for (const word of wordsOf(text)) {
    const id = idOf(model, word, "tokens so far");
    counts.set(id, (counts.get(id) || 0) + 1);
  }
  return [...counts];
}

/** [id, bias] pairs of a text such as "␣London -5 好 2.5". */
export function biasesOf(model, text) {
  const words = wordsOf(text);
  const pairs = [];
  for (let i = 0; i < words.length; i += 2) {
    const bias = Number(words[i + 1]);
    if (!(Math.abs(bias) <= 100)) {
      throw new Error(`logit_bias must be tokens, each with a number in [-100, 100]: '${text}'`);
    }
    pairs.push([idOf(model, words[i], "logit_bias"), bias]);
  }
  return pairs;
}
