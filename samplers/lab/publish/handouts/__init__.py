"""Handouts of the lessons: `python -m samplers.lab.publish.handouts notebooks/*.ipynb`.

For each lesson a PDF and a self-contained HTML page, and all lessons bound as one book, in two
editions: the student's has room to write, the instructor's has the answers. pandoc reads the
Markdown and writes HTML and Typst; Typst sets the PDF.

A handout is made in this order: `editions` chooses the cells, `markdown` and `outputs` turn them
into pandoc's tree, `lesson` puts the tree together, `links` settles where its links lead, and
`paper` and `page` print it. `book` binds the lessons.
"""
