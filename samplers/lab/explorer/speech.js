// What a screen reader says: the newest words, once nothing has changed for a moment.

const SAY_MS = 700;

/** A live region that nobody sees, and a function that has words said there. */
export function makeSpeech() {
  const box = element("p", "spoken");
  box.setAttribute("role", "status");
  let waiting = null;

  function say(words) {
    clearTimeout(waiting);
    waiting = setTimeout(() => (box.textContent = words), SAY_MS);
  }
  return { box, say };
}
