// The keys of a control belong to it, and not to JupyterLab, whose "d d" deletes a cell.

const MINE = "lmSuppressShortcuts"; // JupyterLab looks for this at the element that has the focus
const INSIDE = ":is(.samplers-explorer, .samplers-stepper) *";

/** Have JupyterLab leave the keys to this element, but for Ctrl+S and Cmd+S, which save. */
export function keepKeys(made) {
  made.dataset[MINE] = "true";
  return made;
}

// The window hears of a key before the document does, where JupyterLab listens.
window.addEventListener("keydown", ({ target, key, ctrlKey, metaKey }) => {
  if (!(ctrlKey || metaKey) || key.toLowerCase() !== "s") return;
  if (!(target instanceof HTMLElement) || !target.matches(INSIDE)) return;
  if (!(MINE in target.dataset)) return;
  delete target.dataset[MINE];
  setTimeout(() => keepKeys(target));
}, true);
