// The samplers' mathematics as numpy has it in samplers/: pure functions of plain values.
//
// Logits are a Float64Array, one per token; -Infinity is a removed token. No function changes what
// it gets. Sums are float64 and are added in numpy's order; ties go to the lower id.

/** The n logits in `bytes`: float32 or float64, little-endian. A view may begin anywhere. */
export function readLogits(bytes, n) {
  const view = ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes);
  const size = view.byteLength / n;
  if (size !== 4 && size !== 8) {
    const came = `${view.byteLength} bytes`;
    throw new Error(`logits must have 4 or 8 bytes for each of ${n} tokens, got ${came}`);
  }
  // a copy, because a typed array can begin only at a multiple of its numbers' size
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const logits = new Float64Array(size === 4 ? new Float32Array(copy) : copy);
  checkLogits(logits);
  return logits;
}

/** Throws a sentence where no picture can be drawn: NaN, +Infinity, or every token removed. */
export function checkLogits(logits) {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i];
    if (!(value < Infinity)) throw new Error("logits must be finite or -inf, got NaN or +inf");
    if (value > top) top = value;
  }
  if (top === -Infinity) throw new Error("every token is removed: nothing is left to draw");
}

/** The largest logit. A loop, as Math.max(...logits) fails for a large vocabulary. */
export function maximum(logits) {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i] > top) top = logits[i];
  return top;
}

/** Probabilities: exp(l) / sum(exp(l)). */
export function softmax(logits) {
  const top = maximum(logits);
  const probs = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    probs[i] = Math.exp(logits[i] - top);
    total += probs[i];
  }
  for (let i = 0; i < logits.length; i++) probs[i] /= total;
  return probs;
}

/** exp(entropy): how many equally likely tokens would be as uncertain. */
export function effectiveVocabulary(probs) {
  let entropy = 0;
  for (let i = 0; i < probs.length; i++) {
    if (probs[i] > 0) entropy -= probs[i] * Math.log(probs[i]);
  }
  return Math.exp(Math.max(entropy, 0));
}

/** (l - max) / t; t = 0 is greedy: the first maximum stays as it was. */
export function temperature(logits, t) {
  const top = maximum(logits);
  if (t === 0) {
    const greedy = new Float64Array(logits.length).fill(-Infinity);
    greedy[logits.indexOf(top)] = top;
    return greedy;
  }
  const scaled = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) scaled[i] = (logits[i] - top) / t;
  return scaled;
}

const BUCKETS = 1024;

/** The bucket of a token that is so far below the best: 1/8 each, the last for all the rest. */
const bucketOf = (below) => Math.min(below * 8, BUCKETS - 1) | 0;

/**
 * The tokens in buckets by how far they are below the best: the number and the mass of each.
 *
 * So the rank or the mass at which a cut lies is found without sorting the whole vocabulary: only
 * the bucket with the cut in it is sorted.
 */
function bucketsOf(logits) {
  const top = maximum(logits);
  const sizes = new Float64Array(BUCKETS);
  const masses = new Float64Array(BUCKETS);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const below = top - logits[i];
    const bucket = bucketOf(below);
    const weight = Math.exp(-below);
    sizes[bucket] += 1;
    masses[bucket] += weight;
    total += weight;
  }

  function descending(bucket) {
    const values = new Float64Array(sizes[bucket]);
    let n = 0;
    for (let i = 0; i < logits.length; i++) {
      if (bucketOf(top - logits[i]) === bucket) values[n++] = logits[i];
    }
    return values.sort().reverse();
  }
  return { top, sizes, masses, total, descending };
}

/** The cut after the k most probable of n >= k tokens: see keepFrom. */
function rankCut(logits, k) {
  const { sizes, descending } = bucketsOf(logits);
  let above = 0;
  let bucket = 0;
  while (above + sizes[bucket] < k) above += sizes[bucket++];
  return cutAt(descending(bucket), k - 1 - above);
}

/** The k most probable tokens; with `ties` those that are as probable as the k-th, too. */
export function topK(logits, k, ties = false) {
  if (k === 0 || k >= logits.length) return logits;
  const [value, equal] = rankCut(logits, k);
  return keepFrom(logits, value, ties ? Infinity : equal);
}

/** The nucleus: tokens before which less than p of the mass lies. `boundary` is the engine's. */
export function topP(logits, p, boundary = "before < p") {
  if (p >= 1) return logits;
  const inclusive = boundary === "before <= p";
  const [value, equal] = certainCut(logits, p) || definedCut(logits, p, inclusive);
  return keepFrom(logits, value, boundary === "ties stay" ? Infinity : equal);
}

/** The nucleus' cut by its definition: a running sum. */
function definedCut(logits, p, inclusive) {
  const sorted = logits.slice().sort().reverse();
  const mass = new Float64Array(sorted.length);
  let sum = 0;
  sorted.forEach((value, i) => (mass[i] = sum += Math.exp(value - sorted[0])));

  // What lies before a token is its predecessor's sum: one more stays than are short of the target.
  const target = p * sum;
  let count = 0;
  while (count < mass.length && (inclusive ? mass[count] <= target : mass[count] < target)) count++;
  count = Math.min(count + 1, mass.length);
  return cutAt(sorted, count - 1);
}

/**
 * The same, faster; null where a sum is so close to the target that its order would decide.
 *
 * Two float64 sums of V terms in different orders differ by less than V * epsilon of the total.
 */
function certainCut(logits, p) {
  const { top, masses, total, descending } = bucketsOf(logits);
  const target = p * total;
  const slack = 3 * logits.length * Number.EPSILON * total;
  let mass = 0;
  let bucket = 0;
  while (bucket < BUCKETS - 1 && mass + masses[bucket] < target - slack) mass += masses[bucket++];

  const sorted = descending(bucket);
  for (let i = 0; i < sorted.length; i++) {
    mass += Math.exp(sorted[i] - top);
    if (mass > target + slack) return cutAt(sorted, i);
    if (mass >= target - slack) return null;
  }
  return null;
}

/** Tokens at least p times as probable as the best one: l >= max + log(p). */
export function minP(logits, p) {
  if (p === 0) return logits;
  const threshold = maximum(logits) + Math.log(p);
  return keepFrom(logits, threshold, Infinity);
}

/** The cut after the i-th of logits in descending order: [the last that stays, how often]. */
const cutAt = (sorted, i) => [sorted[i], i + 1 - sorted.indexOf(sorted[i])];

/** The tokens above `value`, and the first `equal` of those that equal it: the lowest ids. */
function keepFrom(logits, value, equal) {
  const kept = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    const stays = logits[i] > value || (logits[i] === value && equal-- > 0);
    kept[i] = stays ? logits[i] : -Infinity;
  }
  return kept;
}

/** The logits with change(logit, number) for each [id, number] of `pairs`. */
function changed(logits, pairs, change) {
  if (!pairs.length) return logits;
  const result = logits.slice();
  for (const [id, number] of pairs) result[id] = change(result[id], number);
  return result;
}

/** l + bias for each [id, bias]. */
export function logitBias(logits, biases) {
  return changed(logits, biases, (value, bias) => value + bias);
}

/** l - frequency * count - presence for each counted token; `counts` holds [id, count > 0]. */
export function penalties(logits, counts, frequency, presence) {
  return changed(logits, counts, (value, count) => value - frequency * count - presence);
}

/** Counted tokens' positive logits divided by `penalty`, their others multiplied by it. */
export function repetitionPenalty(logits, counts, penalty) {
  return changed(logits, counts, (value) => (value > 0 ? value / penalty : value * penalty));
}

/** The temperature that the engine really uses. */
function usedTemperature(t, engine) {
  return t === 0 || t < engine.greedy_below ? 0 : Math.max(t, engine.coldest);
}

/** What each stage of a chain does, as samplers/stages.py has it. */
const STAGES = {
  logit_bias: (logits, params) => logitBias(logits, params.logit_bias),
  repetition_penalty: (logits, params, counts) =>
    repetitionPenalty(logits, counts, params.repetition_penalty),
  penalties: (logits, params, counts) =>
    penalties(logits, counts, params.frequency_penalty, params.presence_penalty),
  temperature: (logits, params, counts, engine) =>
    temperature(logits, usedTemperature(params.temperature, engine)),
  top_k: (logits, params, counts, engine) => topK(logits, params.top_k, engine.top_k_ties),
  top_p: (logits, params, counts, engine) => topP(logits, params.top_p, engine.top_p_boundary),
  "top_k and top_p": joint,
  min_p: (logits, params) => minP(logits, params.min_p),
};

/** top_k and top_p on the same mass; in some engines only without a min_p. */
function joint(logits, params, counts, engine) {
  const byRank = STAGES.top_k(logits, params, counts, engine);
  if (engine.min_p_renormalizes && params.min_p > 0) {
    return STAGES.top_p(byRank, params, counts, engine);
  }
  const byMass = STAGES.top_p(logits, params, counts, engine);
  if (byRank === logits) return byMass;
  return byRank.map((value, i) => Math.min(value, byMass[i]));
}

/**
 * The logits after an engine's stages, in its order.
 *
 * `params`: SamplingParams' names, with logit_bias as [id, bias] pairs. `counts`: [id, count] pairs
 * of the tokens so far. `engine`: an entry of ENGINES in samplers/engines.py.
 */
export function applyChain(logits, params, counts, engine) {
  for (const name of engine.stages) logits = STAGES[name](logits, params, counts, engine);
  return logits;
}

/** Ids of the n most probable tokens, ties to the lower id. `probs` is the logits' softmax. */
export function mostProbable(logits, probs, n) {
  const [value] = rankCut(logits, Math.min(n, logits.length));
  const least = probs[logits.indexOf(value)];
  const ids = [];
  for (let i = 0; i < probs.length; i++) if (probs[i] >= least) ids.push(i);
  return ids.sort((a, b) => probs[b] - probs[a] || a - b).slice(0, n);
}
