"""The console: pages for operators, moderators and members, on the same service as the API and with the same rights.

Adding a page takes four things:

1. `pages/<name>.py` with a `router = APIRouter()`. A handler takes `VisitDep` (who is signed in, their community and
   language), asks `visit.actor.require("<scope>")` before anything else, calls the same services as the API's route and
   returns `visit.page("<name>.html", ...)`. A handler that changes something takes `WritingDep` in its place, which has
   compared the form's token, and answers `visit.fragment(...)` to htmx or `visit.go(...)` to a form without scripts.
2. `templates/<name>.html`, which extends `shell.html` and builds from the macros of `templates/components/`. Every text is
   `t("<name>.<key>")`; members' words are printed by `{{ }}` alone, never as an attribute that runs or is followed.
3. The texts in `texts/zh-CN.yaml` and `texts/en.yaml`, or in `texts/<part>.<language>.yaml`. A test compares the two and every key that templates name.
4. A line in `navigation.py` with the scope that makes the page exist for a role, and the router in `app.py`.

Styles stand in `static/app.css` (no `style` attribute: the content policy refuses it; draw with SVG attributes), behaviour in
`static/app.js`. Charts are a `<script type="application/json">` block that `static/charts.js` draws; only pages that have charts load
it. Tests of the page go to `tests/api/console/`: `PAGES` in `visitor.py` there feeds the matrix of roles, the hostile strings and the browser's walk.
"""
