"""Which names a cell of code needs from the cells before it, and which it leaves changed."""

import ast

from IPython.core.inputtransformer2 import TransformerManager

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class CellNames(ast.NodeVisitor):
    """`needed`: names that are read before this code sets them. `made`: those that it sets.

    `changed` are those that it writes into, `x` of ``x.y = 1`` or ``x[0] = 1``, and those of which
    a statement calls a method: ``x.append(1)``. `imported` are modules and what comes from them.
    The body of a function counts where the function is defined.
    """

    def __init__(self, source: str):
        self.needed: set[str] = set()
        self.made: set[str] = set()
        self.changed: set[str] = set()
        self.imported: set[str] = set()
        self.visit(ast.parse(TransformerManager().transform_cell(source)))

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.needed |= {node.id} - self.made
        else:
            self.made.add(node.id)

    def visit_Assign(self, node):
        self._in_order(node.value, *node.targets)

    def visit_AnnAssign(self, node):
        self._in_order(node.annotation, node.value, node.target)

    def visit_NamedExpr(self, node):
        self._in_order(node.value, node.target)

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.needed |= {node.target.id} - self.made
        self._in_order(node.value, node.target)

    def visit_For(self, node):
        self._in_order(node.iter, node.target, *node.body, *node.orelse)

    def _in_order(self, *nodes) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Attribute(self, node):
        self._written(node)

    def visit_Subscript(self, node):
        self._written(node)

    def _written(self, node) -> None:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self.changed |= {_base(node)} - {None}

    def visit_Expr(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self.changed |= {_base(node.value.func)} - {None}

    def visit_alias(self, node):
        name = (node.asname or node.name).split(".")[0]
        self.imported.add(name)
        self.made.add(name)

    def visit_MatchAs(self, node):
        self.generic_visit(node)
        self.made |= {node.name} - {None}

    visit_MatchStar = visit_MatchAs

    def visit_ExceptHandler(self, node):
        if node.name:
            self.made.add(node.name)
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        self._in_order(*node.decorator_list, *node.bases, *node.keywords)
        self._scope(node.body)
        self.made.add(node.name)

    def generic_visit(self, node):
        if isinstance(node, COMPREHENSIONS):
            first = [*node.generators, *(getattr(node, name, None) for name in ("key", "value"))]
            self._scope([*first, getattr(node, "elt", None)])
        elif isinstance(node, ast.comprehension):
            self._in_order(node.iter, node.target, *node.ifs)
        elif isinstance(node, FUNCTIONS):
            self._function(node)
        else:
            super().generic_visit(node)

    def _function(self, node) -> None:
        defaults = [*node.args.defaults, *node.args.kw_defaults]
        self._in_order(*getattr(node, "decorator_list", ()), *defaults)
        if not isinstance(node, ast.Lambda):
            self.made.add(node.name)
        arguments = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = {each.id for part in body for each in ast.walk(part) if _is_stored(each)}
        self._scope(body, arguments | inner)

    def _scope(self, nodes, own=frozenset()) -> None:
        """Visits code whose own names are not seen outside."""
        outside = set(self.made)
        changed = set(self.changed)
        self.made |= own
        self._in_order(*nodes)
        inside = self.made - outside
        self.made = outside
        self.changed = changed | (self.changed - inside)


def _is_stored(node) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _base(node) -> str | None:
    """`x` of x.y[0].z; None if that does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
