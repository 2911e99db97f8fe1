// The tree of continuations in the browser: a grid of boxes, and the lines between them.
//
// The kernel says in which row and column each box stands; the browser makes the columns as wide as
// their tokens. A line runs right from a token, down in the gap, and right to the children.

const NAMES = { now: "now", path: "its path", visited: "visited", alternative: "not taken" };
const MEANING = "on a line: drawn with; under it: the model's own; × 0: removed";

/** The cells of one box: itself, the line to it, and the line down to its children. */
function cellsOf(box) {
  const row = box.row + 1;
  const column = 2 * box.column + 1; // the gaps are columns, too
  const kind = `${box.kind}${box.now ? " now" : ""}`;
  const cells = [[`${row} / ${column}`, element("span", `box ${kind}`, box.label)]];

  if (box.column > 0) {
    const processed = number(box.processed);
    const raw = number(box.raw);
    const removed = box.processed === 0;
    const chance = element("span", removed ? "loss" : "", removed ? "× 0" : processed);
    const own = element("span", "raw", raw === processed ? "" : raw);
    cells.push([`${row} / ${column - 1}`, element("span", `line ${box.kind}`, null, chance, own)]);
  }
  if (box.leads_to) {
    const trunk = element("span", `trunk ${box.leads_to}`);
    cells.push([`${row} / ${column + 1} / ${box.lowest + 2}`, trunk]);
  }
  if (box.hidden) {
    const more = element("span", "more", `+${counted(box.hidden)}`);
    cells.push([`${row} / ${column + 1}`, more]);
  }
  return cells;
}

/** The tree's place in the page, and a function that draws boxes there. */
export function makeTree() {
  const grid = keepKeys(element("div", "tree")); // the arrow keys scroll a tree that is too wide
  const undrawn = element("span");
  const keys = Object.entries(NAMES).map(([kind, name]) =>
    element("span", "key", null, element("span", `box ${kind}`), name),
  );
  const legend = element("div", "legend", null, ...keys, element("span", "", MEANING), undrawn);
  grid.setAttribute("role", "img");

  function draw({ tree, tree_alt, undrawn: more }) {
    const cells = tree.flatMap(cellsOf).map(([place, cell]) => {
      cell.style.gridArea = place;
      return cell;
    });
    grid.replaceChildren(...cells);
    grid.setAttribute("aria-label", tree_alt);
    undrawn.textContent = more ? `visited, not drawn: ${counted(more)}` : "";
    // where the tree is wider than its place: the current token is in the middle
    const now = grid.querySelector(".now");
    grid.scrollLeft = now.offsetLeft - (grid.clientWidth - now.offsetWidth) / 2;
  }
  return { box: element("div", "continuations", null, grid, legend), draw };
}
