// What the stepper's controls lack. They are ipywidgets, which JupyterLab draws.

const STEPPER = ".samplers-stepper"; // the box of the controls and the pictures

// Their keys would be JupyterLab's: "d d" on a button would delete the cell.
window.addEventListener("focusin", ({ target }) => {
  if (target.matches(`${STEPPER} *`)) keepKeys(target);
}, true);

/**
 * Give the sliders beside `el` their titles as names, and their values in words, for screen readers.
 *
 * Returns a function that ends this.
 */
export function nameSliders(el) {
  let box = null;

  /** `put` sets an attribute only where it differs: the observer hears of each one that is set. */
  function name() {
    for (const slider of box.querySelectorAll(".widget-slider")) {
      const handle = slider.querySelector("[role=slider]");
      const read = (part) => slider.querySelector(part)?.textContent ?? "";
      if (!handle) continue;
      put(handle, "aria-label", read(".widget-label"));
      put(handle, "aria-valuetext", read(".widget-readout"));
    }
  }
  const changes = new MutationObserver(name);
  // the controls are drawn before `el` or after it, and `el` knows its box once it is shown
  const shown = new ResizeObserver(() => {
    if (box || !el.closest(STEPPER)) return;
    box = el.closest(STEPPER);
    const parts = { childList: true, characterData: true, attributeFilter: ["aria-valuetext"] };
    changes.observe(box, { subtree: true, ...parts });
    name();
  });
  shown.observe(el);

  return () => {
    shown.disconnect();
    changes.disconnect();
  };
}
