// The explorers of a lesson in a page with no kernel.

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * Put each explorer where its printed picture stands.
 *
 * `explorers`: what `explorer` takes, but for logits and names: each is a name in `files`, which
 * holds logits in base64. `lesson`: figures name their explorer "lesson/0", "lesson/1" and so on.
 * An explorer whose cell is not in this edition of the lesson has no figure.
 */
function placeExplorers({ lesson, explorers, files }) {
  for (const figure of document.querySelectorAll("figure[data-explorer]")) {
    const stored = explorers.find((_, n) => figure.dataset.explorer === `${lesson}/${n}`);
    if (!stored) continue; // of another lesson
    const names = files[stored.names];
    const logits = bytesOf(files[stored.logits]);
    explorer(figure.querySelector("div"), { ...stored, names, logits });
  }
}
